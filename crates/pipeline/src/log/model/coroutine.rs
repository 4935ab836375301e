//! Simulated threads: coroutines, of which the scheduler runs one at a time, each up to its next step.

use std::cell::RefCell;

use generator::{Generator, Gn};

/// The stack of a coroutine in words of 8 bytes: 1 MiB, of which only what is used costs memory.
const STACK: usize = 128 << 10;

thread_local! {
    /// Coroutines that came to their end: their stacks serve the next simulation, because getting one
    /// from the system takes longer than a hundred steps.
    static ENDED: RefCell<Vec<Generator<'static, (), ()>>> = const { RefCell::new(Vec::new()) };
}

/// A simulated thread.
#[derive(Debug)]
pub(super) struct Coroutine(Option<Generator<'static, (), ()>>);

impl Coroutine {
    /// Starts one, which goes as far as to its first [`give_way`].
    pub(super) fn start(body: impl FnOnce() + Send + 'static) -> Self {
        let mut generator = match ENDED.with_borrow_mut(Vec::pop) {
            Some(mut ended) => {
                ended.init_code(body);
                ended
            }
            None => Gn::new_opt(STACK, body),
        };
        generator.resume();
        Self(Some(generator))
    }

    /// Lets it go on up to its next [`give_way`].
    pub(super) fn resume(&mut self) {
        self.0.as_mut().map(Generator::resume);
    }

    /// Lets it go on up to its end. One that is dropped half way unwinds in a way that meddles with the
    /// panic hook of the whole process.
    pub(super) fn finish(&mut self) {
        let Some(mut generator) = self.0.take() else {
            return;
        };
        while !generator.is_done() {
            generator.resume();
        }
        ENDED.with_borrow_mut(|ended| ended.push(generator));
    }
}

/// Switches from a coroutine to the scheduler, which switches back when it likes to.
#[expect(
    deprecated,
    reason = "the scope that is wanted instead cannot be handed down through the log's faces"
)]
pub(super) fn give_way() {
    generator::yield_with(());
}
