//! What a dead `baton` left at work: the next one finds it whatever the
//! configuration says by then, and ends what is nobody's any more.

use std::fs;
use std::path::PathBuf;

use nix::sys::signal::Signal;

use crate::support::{Live, World, eventually, workflow};

/// One stage, which says that it is up and then waits for a pipe.
fn world() -> World {
    let world = World::new();
    let policy = "error_policy: { timeout: 10m, retry: { max_attempts: 2 } }";
    world.file("w.yaml", workflow(&[("a", &[], policy)]));
    let script = "echo start >>\"$TEST_ROOT/ledger\"\necho up >&2\n\
                  read -r _ <\"$TEST_ROOT/go\"\necho done";
    world.agents(&[("a", script)]);
    world.pipe("go");
    world
}

/// A run whose agent is at work, and whose `baton` is dead.
fn cut_off(world: &World) -> String {
    let (run, live) = at_work(world);
    live.kill();
    run
}

fn at_work(world: &World) -> (String, Live) {
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until(" | up");
    (run, live)
}

fn n_starts(world: &World) -> usize {
    let ledger = fs::read_to_string(world.root().join("ledger"));
    ledger.unwrap_or_default().lines().count()
}

#[track_caller]
fn assert_worked_once(world: &World, run: &str) {
    let execution = world.show(run);
    assert_eq!(execution["status"], "completed", "{execution:#}");
    assert_eq!(execution["steps"][0]["attempt"], 1, "{execution:#}");
    assert_eq!(execution["steps"][0]["outputs"]["text"], "done");
    assert_eq!(n_starts(world), 1);
    world.assert_nothing_lives();
}

/// What may have become of `baton.toml` meanwhile.
fn reconfigured() -> [(&'static str, &'static str); 3] {
    [
        ("unreadable", "[agents.\"agent:a\"\n"),
        ("empty", ""),
        ("another", "default_adapter = \"simulated\"\n"),
    ]
}

#[test]
fn a_program_at_work_is_waited_for_whatever_the_configuration_says() {
    for (what, text) in reconfigured() {
        println!("{what}");
        let world = world();
        let run = cut_off(&world);
        world.file("baton.toml", text);
        let mut resumed = world.start(&["resume", &run]);
        resumed.run();
        // It waits for this, so it was at work all the time.
        world.tell("go");
        resumed.end().exits(0);
        assert_worked_once(&world, &run);
    }
}

#[test]
fn a_program_that_has_ended_is_settled_whatever_the_configuration_says() {
    for (what, text) in reconfigured() {
        println!("{what}");
        let world = world();
        let run = cut_off(&world);
        world.tell("go");
        eventually("the program has ended", || world.shims_alive().is_empty());
        world.file("baton.toml", text);
        world.baton(&["resume", &run]).exits(0);
        assert_worked_once(&world, &run);
    }
}

#[test]
fn nothing_is_given_up_while_the_configuration_cannot_be_read() {
    let world = world();
    let run = cut_off(&world);
    world.kill_attempts();
    fs::remove_dir_all(world.data().join("attempts")).unwrap();
    let sound = fs::read(world.project().join("baton.toml")).unwrap();
    world.file("baton.toml", "[agents.\"agent:a\"\n");
    let mut resumed = world.start(&["resume", &run]);
    resumed.until("looked for again");
    assert_eq!(world.show(&run)["steps"][0]["status"], "running");
    world.file("baton.toml", sound);
    world.tell("go");
    resumed.end().exits(0);
    let execution = world.show(&run);
    assert_eq!(execution["steps"][0]["attempt"], 1, "{execution:#}");
    assert_eq!(n_starts(&world), 2);
}

fn backup(world: &World) -> PathBuf {
    let file = world.root().join("backup.db");
    let arguments = ["backup", file.to_str().unwrap()];
    world.baton(&arguments).exits(0);
    file
}

#[test]
fn a_restore_ends_what_was_started_since() {
    let world = world();
    let (run, live) = at_work(&world);
    let file = backup(&world);
    live.kill();
    assert_eq!(world.agents_alive().len(), 1);
    let arguments = ["restore", file.to_str().unwrap(), "--force"];
    world.baton(&arguments).exits(0).says(&["ended"]);
    world.assert_nothing_lives();
    assert_eq!(
        fs::read_dir(world.data().join("attempts")).unwrap().count(),
        0
    );
    let mut resumed = world.start(&["resume", &run]);
    resumed.until(" | up");
    world.tell("go");
    resumed.end().exits(0);
    let execution = world.show(&run);
    assert_eq!(execution["steps"][0]["attempt"], 1, "{execution:#}");
    assert_eq!(n_starts(&world), 2);
}

#[test]
fn a_restore_that_is_refused_ends_nothing() {
    let world = world();
    let (run, live) = at_work(&world);
    live.kill();
    let file = world.file("broken.db", "no database");
    let arguments = ["restore", file.to_str().unwrap(), "--force"];
    world.baton(&arguments).exits(74);
    assert_eq!(world.agents_alive().len(), 1);
    let mut resumed = world.start(&["resume", &run]);
    resumed.run();
    world.tell("go");
    resumed.end().exits(0);
    assert_worked_once(&world, &run);
}

/// The directory of an attempt that its run does not wait for, as a crash may
/// leave it.
fn leave_another(world: &World, run: &str) -> PathBuf {
    let of_run = world.data().join("attempts").join(run);
    let live = fs::read_dir(&of_run).unwrap().next().unwrap().unwrap();
    let name = live.file_name().into_string().unwrap();
    let (digest, dispatch) = name.rsplit_once('-').unwrap();
    let other = of_run.join(format!("{digest}-9"));
    fs::create_dir(&other).unwrap();
    let request = fs::read_to_string(live.path().join("request.json")).unwrap();
    let earlier = format!("\"dispatch\":{dispatch}");
    assert!(request.contains(&earlier), "{request}");
    let request = request.replace(&earlier, "\"dispatch\":9");
    fs::write(other.join("request.json"), request).unwrap();
    other
}

#[test]
fn of_a_run_that_goes_on_only_what_it_waits_for_is_left() {
    let world = world();
    let run = cut_off(&world);
    let other = leave_another(&world, &run);
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    assert!(!other.exists());
    assert_eq!(world.agents_alive().len(), 1);
    world.tell("go");
    eventually("the run has completed", || {
        world.show(&run)["status"] == "completed"
    });
    assert_worked_once(&world, &run);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}
