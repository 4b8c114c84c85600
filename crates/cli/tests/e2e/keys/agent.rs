//! The key in a real ssh-agent, and the ways from a file to an agent and back.

use super::*;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The system's ssh-agent with one Ed25519 key, ended with the test.
struct Agent {
    child: Child,
    socket: PathBuf,
    fingerprint: String,
}

impl Agent {
    fn start(world: &World) -> Self {
        let (socket, file) = (world.path("agent"), world.path("token"));
        done(
            Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(&file),
        );
        let child = Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while !socket.exists() {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "ssh-agent did not start"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        done(
            Command::new("ssh-add")
                .arg("-q")
                .arg(&file)
                .env("SSH_AUTH_SOCK", &socket),
        );
        fs::remove_file(&file).unwrap();
        let printed = ask("ssh-keygen", &["-l", "-f"], &world.path("token.pub"));
        let fingerprint = printed.split(' ').nth(1).unwrap().to_owned();
        Self {
            child,
            socket,
            fingerprint,
        }
    }

    fn settings(&self) -> String {
        format!(
            "[pair.p.key]\nagent = \"{}\"\nsocket = \"{}\"\n",
            self.fingerprint,
            self.socket.display()
        )
    }

    fn end(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.stop();
    }
}

fn private_keys(world: &World) -> usize {
    let here = fs::read_dir(pair_dir(world)).unwrap();
    here.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("signing-key")
    })
    .count()
}

#[test]
fn a_key_in_an_agent_signs_from_the_first_pass_on() {
    let world = World::new().configured("");
    let agent = Agent::start(&world);
    world.configure(&agent.settings());
    passes(&world, &["one", "two"]);
    let verified = holds(&world, &[]);
    assert_eq!(verified.document["fingerprint"], agent.fingerprint, "{verified}");
    assert_eq!(private_keys(&world), 0, "no private key is on the disk");
    // Without the agent nothing is signed, and everything is verified.
    agent.end();
    world.file("file", "three");
    let refused = world.bare_pass();
    refused.failed(4, "key");
    assert!(
        refused.document.to_string().contains("Start the agent"),
        "{refused}"
    );
    assert_eq!(
        fs::read(world.d("file")).unwrap(),
        b"two",
        "nothing is done that nobody signs for"
    );
    holds(&world, &[]);
}

#[test]
fn a_key_moves_from_its_file_into_an_agent_and_back() {
    let world = World::new().configured("");
    passes(&world, &["one"]);
    assert_eq!(private_keys(&world), 1);
    let agent = Agent::start(&world);
    world.configure(&agent.settings());
    let refused = world.bare_pass();
    refused.failed(4, "key");
    assert!(refused.document.to_string().contains("key rotate"), "{refused}");
    let rotated = world.run(&["key", "rotate", "p"]);
    assert_eq!(
        (rotated.code, &rotated.document["new"]),
        (0, &agent.fingerprint.clone().into()),
        "{rotated}"
    );
    assert_eq!(private_keys(&world), 0);
    passes(&world, &["two"]);
    let again = world.run(&["key", "rotate", "p"]);
    again.failed(4, "key");
    assert!(again.document.to_string().contains("in force already"), "{again}");

    // Back: the agent signs once more, for the key in the file.
    world.configure(&format!(
        "[pair.p.key]\nsocket = \"{}\"\n",
        agent.socket.display()
    ));
    let rotated = world.run(&["key", "rotate", "p"]);
    assert_eq!(rotated.code, 0, "{rotated}");
    agent.end();
    world.configure("");
    passes(&world, &["three"]);
    let verified = holds(&world, &[]);
    let keys = verified.document["keys"].as_array().unwrap();
    assert_eq!((keys.len(), private_keys(&world)), (3, 1), "{verified}");
}

#[test]
fn the_agent_of_the_environment_is_asked_where_none_is_configured() {
    let world = World::new().configured("");
    let agent = Agent::start(&world);
    world.configure(&format!("[pair.p.key]\nagent = \"{}\"\n", agent.fingerprint));
    world.file("file", "one");
    let words = world.pass_arguments::<&str>(&[]);
    let mut command = world.command(&words);
    let output = command.env_remove("SSH_AUTH_SOCK").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("$SSH_AUTH_SOCK"), "{said}");
    let mut command = world.command(&words);
    done(command.env("SSH_AUTH_SOCK", &agent.socket));
    assert_eq!(holds(&world, &[]).document["fingerprint"], agent.fingerprint);
}
