from pathlib import Path

from floors import Floor, judge, load

FLOORS = [
    Floor("features", 600, 1.0, "edges"),
    Floor("features", 20, 0.5, "edges"),
    Floor("executions_per_cpu_s", 20, 0.1, "5000", "slow"),
    Floor("executions_per_cpu_s", 20, 0.1, "150000"),
]


def judged(seconds, features, speed=20000, target="quick"):
    found = {"features": features, "executions_per_cpu_s": speed}
    return {j.measure: (j.floor, j.holds) for j in judge(FLOORS, target, seconds, 400, found)}


def test_a_run_that_is_too_short_is_not_judged():
    assert judged(19, 0) == {}


def test_a_short_run():
    assert judged(20, 200) == {"features": (200, True), "executions_per_cpu_s": (15000, True)}
    assert judged(599, 199)["features"] == (200, False)


def test_a_whole_run_has_the_higher_floor():
    assert judged(600, 399)["features"] == (400, False)
    assert judged(6000, 400)["features"] == (400, True)


def test_a_slow_run():
    assert judged(20, 400, speed=14999)["executions_per_cpu_s"] == (15000, False)


def test_a_target_with_a_floor_of_its_own():
    assert judged(20, 400, speed=500, target="slow")["executions_per_cpu_s"] == (500, True)


def test_the_table_in_the_tree():
    floors = load(Path(__file__).parents[1] / "floors.csv")
    assert {floor.measure for floor in floors} == {"features", "executions_per_cpu_s"}
    assert all(floor.value(1000) > 0 for floor in floors)
