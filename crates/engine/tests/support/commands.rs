//! Commands that only write down what was asked of them, and answer as they were told.

use counterpart_model::{Code, Failure};
use counterpart_port::{Act, Commands, Ended, HowEnded, Offered, Output, Task, Watch};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What is asked of both sites, in order.
#[derive(Default)]
pub(crate) struct FakeCommands {
    /// The first word of each program that was run, and `gone:` with those that were left to be done.
    pub(crate) did: Mutex<Vec<String>>,
    /// How programs end that do not end well, by their first word.
    pub(crate) ends: Mutex<BTreeMap<String, HowEnded>>,
    /// What happens once when a program is run, by its first word.
    happens: Mutex<BTreeMap<String, Box<dyn FnOnce() + Send>>>,
    /// What is not done at all, as it is shown.
    pub(crate) refused: Mutex<Vec<String>>,
    /// What programs say, by their first word.
    pub(crate) says: Mutex<BTreeMap<String, String>>,
}

impl FakeCommands {
    pub(crate) fn end(&self, word: &str, how: HowEnded) {
        self.ends.lock().unwrap().insert(word.to_owned(), how);
    }

    /// The program ends well from now on.
    pub(crate) fn mend(&self, word: &str) {
        self.ends.lock().unwrap().remove(word);
    }

    pub(crate) fn when(&self, word: &str, happens: impl FnOnce() + Send + 'static) {
        self.happens
            .lock()
            .unwrap()
            .insert(word.to_owned(), Box::new(happens));
    }

    pub(crate) fn say(&self, word: &str, text: &str) {
        self.says.lock().unwrap().insert(word.to_owned(), text.to_owned());
    }

    /// What was done, and forgets it.
    pub(crate) fn done(&self) -> Vec<String> {
        std::mem::take(&mut *self.did.lock().unwrap())
    }
}

/// A task that runs one word.
pub(crate) fn task(word: &str) -> Task {
    Task {
        act: Act::Run(vec![word.to_owned()]),
        timeout_seconds: 60,
    }
}

impl Commands for FakeCommands {
    fn offered(&self) -> Result<Vec<Offered>, Failure> {
        Ok(Vec::new())
    }

    fn permits(&self, tasks: &[Task]) -> Result<(), Failure> {
        let refused = self.refused.lock().unwrap();
        let words = tasks.iter().map(|task| task.act.to_string());
        match words.into_iter().find(|word| refused.contains(word)) {
            None => Ok(()),
            Some(word) => Err(Failure::new(Code::NotPermitted, "looking", word)),
        }
    }

    fn act(
        &self,
        task: &Task,
        output: &mut (dyn FnMut(Output<'_>) + Send),
        watch: &dyn Watch,
    ) -> Result<Ended, Failure> {
        let Act::Run(words) = &task.act else {
            return Err(Failure::new(Code::NotFound, "running", "only programs"));
        };
        let word = words[0].clone();
        self.did.lock().unwrap().push(word.clone());
        if watch.interrupted() {
            return Err(Failure::new(Code::Interrupted, "running", "it was asked to end"));
        }
        let happens = self.happens.lock().unwrap().remove(&word);
        if let Some(happens) = happens {
            happens();
        }
        if let Some(text) = self.says.lock().unwrap().get(&word) {
            output(Output::Standard(text.as_bytes()));
        }
        let how = self.ends.lock().unwrap().get(&word).copied();
        if how.is_some() {
            output(Output::Errors(format!("{word} is not well\n").as_bytes()));
        }
        Ok(Ended {
            how: how.unwrap_or(HowEnded::Exited(0)),
            omitted_bytes: 0,
            omitted_error_bytes: 0,
        })
    }

    fn when_gone(&self, tasks: &[Task]) -> Result<(), Failure> {
        let words: Vec<String> = tasks.iter().map(|task| task.act.to_string()).collect();
        self.did.lock().unwrap().push(format!("gone:{}", words.join(",")));
        Ok(())
    }
}
