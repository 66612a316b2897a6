//! The loop that runs a timetable.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::{BoxFuture, FutureExt as _, join};
use sync_core::{
    Clock, StopSignal, async_trait,
    runner::{Handle, Job, Runner},
    schedule::{Run, RunKind, RunOutcome, Timetable, TimetableState},
};
use tokio::time::{Instant, sleep};

const MINUTE: Duration = Duration::from_secs(60);

/// A clock whose time passes only when everybody waits: that of tokio's paused timer.
struct Bench {
    began: Instant,
    /// How far the machine's clock leapt while timers stood still.
    leapt_minutes: AtomicI64,
}

impl Bench {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            leapt_minutes: AtomicI64::new(0),
        })
    }

    /// Minutes after the beginning, which is Monday, 2 March 2026, 08:00 UTC.
    fn minute(&self) -> i64 {
        (self.now() - monday()).num_minutes()
    }
}

impl Clock for Bench {
    fn now(&self) -> DateTime<Utc> {
        let leapt = TimeDelta::minutes(self.leapt_minutes.load(Ordering::Relaxed));
        monday() + leapt + TimeDelta::from_std(self.began.elapsed()).expect("a short while")
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        sleep(time).boxed()
    }
}

fn monday() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().expect("a moment")
}

/// A job whose runs take a while and end as told, and which writes down what happens.
struct Diary {
    clock: Arc<Bench>,
    takes: Duration,
    ends: Mutex<VecDeque<RunOutcome>>,
    lines: Mutex<Vec<String>>,
    saved: Mutex<Option<TimetableState>>,
}

impl Diary {
    fn new(clock: &Arc<Bench>, takes: Duration) -> Arc<Self> {
        Self::ending(clock, takes, [])
    }

    fn ending<const N: usize>(
        clock: &Arc<Bench>,
        takes: Duration,
        ends: [RunOutcome; N],
    ) -> Arc<Self> {
        Arc::new(Self {
            clock: Arc::clone(clock),
            takes,
            ends: Mutex::new(ends.into()),
            lines: Mutex::default(),
            saved: Mutex::default(),
        })
    }

    fn write(&self, line: String) {
        let line = format!("{:>3} {line}", self.clock.minute());
        self.lines.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// What would be there after a restart.
    fn saved(&self) -> TimetableState {
        let saved = self.saved.lock().unwrap();
        saved.clone().expect("something was saved")
    }
}

#[async_trait]
impl Job for Diary {
    async fn run(&self, run: &Run, stop: &StopSignal) -> RunOutcome {
        self.write(format!("{} {} begins", run.kind, run.area));
        assert_eq!(self.saved().running.as_ref(), Some(run), "saved before");
        tokio::select! {
            () = sleep(self.takes) => {}
            () = stop.raised() => {
                self.write(format!("{} {} stops", run.kind, run.area));
                return RunOutcome::Stopped;
            }
        }
        self.write(format!("{} {} ends", run.kind, run.area));
        let outcome = self.ends.lock().unwrap().pop_front();
        outcome.unwrap_or(RunOutcome::Succeeded)
    }

    async fn save(&self, state: &TimetableState) {
        *self.saved.lock().unwrap() = Some(state.clone());
    }
}

fn hourly() -> Timetable {
    toml::from_str(
        r#"
        zone = "UTC"
        runs = [
            { areas = ["users"], every = "1h" },
            { areas = ["absences"], kind = "partial", every = "1h" },
        ]
        "#,
    )
    .expect("the timetable is possible")
}

/// The state after everything ran at the beginning.
fn everything_ran() -> TimetableState {
    let mut state = TimetableState::default();
    for (area, kind) in [("users", RunKind::Full), ("absences", RunKind::Partial)] {
        state.start(area.into(), kind, monday());
        state.finish(RunOutcome::Succeeded, monday());
    }
    state
}

/// Runs the hourly timetable from the beginning, while somebody does something.
async fn meanwhile<F: Future<Output = ()>>(
    diary: &Arc<Diary>,
    state: TimetableState,
    doing: impl FnOnce(Handle) -> F,
) -> TimetableState {
    let clock = Arc::clone(&diary.clock);
    let runner = Runner::new(hourly(), state, diary.clone(), clock);
    let doing = doing(runner.handle());
    join(runner.run(), doing).await.0
}

async fn until(clock: &Bench, minute: i64) {
    let left = u64::try_from(minute - clock.minute()).expect("it is still to come");
    sleep(Duration::from_secs(left * 60)).await;
}

#[tokio::test(start_paused = true)]
async fn runs_begin_when_they_are_due_and_never_two_at_once() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE * 40);
    meanwhile(&diary, everything_ran(), |handle| async move {
        until(&clock, 230).await;
        handle.shut_down();
    })
    .await;
    assert_eq!(
        diary.lines(),
        [
            " 60 full users begins",
            "100 full users ends",
            "100 partial absences begins",
            "140 partial absences ends",
            "140 full users begins",
            "180 full users ends",
            "180 partial absences begins",
            "220 partial absences ends",
            "220 full users begins",
            "230 full users stops",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_begins_at_once_or_after_the_run_at_hand() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE * 5);
    meanwhile(&diary, everything_ran(), |handle| async move {
        until(&clock, 10).await;
        handle.pause();
        handle.sync_now("absences".into(), RunKind::Full).unwrap();
        until(&clock, 12).await;
        for _ in 0..3 {
            handle.sync_now("users".into(), RunKind::Partial).unwrap();
        }
        until(&clock, 50).await;
        handle.shut_down();
    })
    .await;
    assert_eq!(
        diary.lines(),
        [
            " 10 full absences begins",
            " 15 full absences ends",
            " 15 partial users begins",
            " 20 partial users ends",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_became_due_during_a_pause_begins_when_it_ends() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE);
    meanwhile(&diary, everything_ran(), |handle| async move {
        handle.pause();
        until(&clock, 200).await;
        assert!(handle.status().paused);
        handle.resume();
        until(&clock, 230).await;
        handle.shut_down();
    })
    .await;
    assert_eq!(
        diary.lines(),
        [
            "200 full users begins",
            "201 full users ends",
            "201 partial absences begins",
            "202 partial absences ends",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_stopped_run_goes_on_after_a_restart() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE * 10);
    let state = meanwhile(&diary, everything_ran(), |handle| {
        let clock = Arc::clone(&clock);
        async move {
            until(&clock, 65).await;
            handle.shut_down();
        }
    })
    .await;
    assert_eq!(diary.saved(), state);

    meanwhile(&diary, state, |handle| async move {
        until(&clock, 80).await;
        handle.shut_down();
    })
    .await;
    assert_eq!(
        diary.lines()[..4],
        [
            " 60 full users begins",
            " 65 full users stops",
            " 65 full users begins",
            " 75 full users ends",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_cut_off_counts_as_failed() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE * 10);
    let runner = Runner::new(hourly(), everything_ran(), diary.clone(), clock.clone());
    tokio::select! {
        _ = runner.run() => {}
        () = until(&clock, 65) => {}
    }
    assert!(diary.saved().running.is_some());

    meanwhile(&diary, diary.saved(), |handle| async move {
        assert_eq!(handle.status().areas[0].failures, 1);
        until(&clock, 85).await;
        handle.shut_down();
    })
    .await;
    assert_eq!(
        diary.lines()[..4],
        [
            " 60 full users begins",
            " 65 partial absences begins",
            " 75 partial absences ends",
            " 75 full users begins",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_run_is_tried_again_and_its_knowledge_grows_old_until_then() {
    let clock = Bench::new();
    let diary = Diary::ending(&clock, Duration::ZERO, [RunOutcome::Failed; 2]);
    let mut state = everything_ran();
    state.request("users".into(), RunKind::Full);
    meanwhile(&diary, state, |handle| async move {
        let users = || handle.status().areas[0].clone();
        until(&clock, 2).await;
        assert_eq!(users().failures, 2);
        assert_eq!(users().age, Some(MINUTE * 2));
        until(&clock, 5).await;
        assert_eq!(users().failures, 0);
        assert_eq!(users().age, Some(MINUTE * 2));
        handle.shut_down();
    })
    .await;
    let begun: Vec<_> = diary
        .lines()
        .into_iter()
        .filter(|line| line.ends_with("begins"))
        .collect();
    assert_eq!(
        begun,
        [
            "  0 full users begins",
            "  1 full users begins",
            "  3 full users begins"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_during_a_run_is_saved_at_once() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE * 10);
    let looking = Arc::clone(&diary);
    meanwhile(&diary, everything_ran(), |handle| async move {
        until(&clock, 65).await;
        handle.sync_now("users".into(), RunKind::Full).unwrap();
        until(&clock, 66).await;
        assert_eq!(looking.saved().requested[&"users".into()], RunKind::Full);
        handle.shut_down();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_notices_within_a_minute() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, Duration::ZERO);
    meanwhile(&diary, everything_ran(), |handle| async move {
        sleep(MINUTE / 2).await;
        clock.leapt_minutes.store(300, Ordering::Relaxed);
        sleep(MINUTE).await;
        handle.shut_down();
    })
    .await;
    assert_eq!(diary.lines()[0], "301 full users begins");
}

#[tokio::test(start_paused = true)]
async fn an_area_that_nobody_knows_is_refused() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE);
    let runner = Runner::new(hourly(), everything_ran(), diary, clock);
    let error = runner
        .handle()
        .sync_now("holidays".into(), RunKind::Full)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the timetable has no area holidays; it has users, absences"
    );
}

#[tokio::test(start_paused = true)]
async fn a_runner_that_was_shut_down_before_it_began_begins_nothing() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE);
    let runner = Runner::new(hourly(), TimetableState::default(), diary.clone(), clock);
    runner.handle().shut_down();
    runner.run().await;
    assert_eq!(diary.lines(), [""; 0]);
}

struct Broken;

#[async_trait]
impl Job for Broken {
    async fn run(&self, _: &Run, _: &StopSignal) -> RunOutcome {
        panic!("the host's own mistake")
    }

    async fn save(&self, _: &TimetableState) {}
}

#[tokio::test(start_paused = true)]
#[should_panic = "the host's own mistake"]
async fn a_panic_of_the_host_ends_the_runner() {
    let clock = Bench::new();
    let state = TimetableState::default();
    Runner::new(hourly(), state, Arc::new(Broken), clock)
        .run()
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_runner_can_be_given_to_another_thread() {
    let clock = Bench::new();
    let diary = Diary::new(&clock, MINUTE);
    let runner = Runner::new(hourly(), everything_ran(), diary, clock);
    let handle = runner.handle();
    let running = tokio::spawn(runner.run());
    handle.shut_down();
    running.await.unwrap();
}
