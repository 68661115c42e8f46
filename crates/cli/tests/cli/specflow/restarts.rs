//! A server that is killed while agents are at work: they are waited for, or
//! what they have brought is taken.

use super::door::Door;
use crate::support::eventually;

/// Starts a skill whose agent is at work until somebody tells its pipe.
fn at_work(door: &Door) -> String {
    door.world().pipe("pipe");
    door.skill("flow.meets", "pipe");
    let id = door.start("flow.meets");
    eventually("its agent says something", || {
        door.status(&id)["stdout"] != ""
    });
    id
}

#[test]
fn an_agent_that_outlives_its_server_is_waited_for() {
    let mut door = Door::open();
    let id = at_work(&door);
    let before = door.status(&id);
    door = door.killed_and_restarted();
    let running = door.status(&id);
    assert_eq!(running["status"], "running", "{running:#}");
    assert_eq!(running["claudePid"], before["claudePid"]);
    door.world().tell("pipe");
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["sessionId"], before["sessionId"]);
    assert_eq!(door.stand_ins.starts().len(), 1);
    door.until_filed(&id, "completed");
}

#[test]
fn what_an_agent_brought_while_there_was_no_server_is_taken() {
    let mut door = Door::open();
    let id = at_work(&door);
    door = door.killed_and_restarted_after(|world| {
        world.tell("pipe");
        eventually("the agent has ended", || {
            world.agents_alive().is_empty() && world.shims_alive().is_empty()
        });
    });
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["output"]["status"], "completed");
    assert!(ended["costUsd"].as_f64() > Some(0.0));
    assert_eq!(door.stand_ins.starts().len(), 1);
    door.until_filed(&id, "completed");
}
