"""What a conformance test stands on: its declaration (case), the peer it judges (bench), and the runner (plugin)."""
