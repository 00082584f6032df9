//! What the engine promises, on every bridge.
//!
//! Each test takes a [`Net`], which gives it bridges for one or more engines; [`suite!`] runs all of them on each kind.
//! No test sleeps: they wait for what must happen, and a test that waits in vain is stopped by [`within`].
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod delivery;
mod faults;
mod handover;
mod instances;
mod presence;
mod redis;
mod resume;
mod slow;

use std::sync::Arc;
use std::time::Duration;

use rustchat_actors::bridge::{Bridge, LocalBridge};
use rustchat_actors::testing::Recorder;
use rustchat_actors::{Audience, Engine, EngineConfig, Topic};
use uuid::Uuid;

/// A network that engines of one test share.
trait Net {
    fn bridge(&self) -> Arc<dyn Bridge>;

    /// Waits until all bridges know each other.
    fn settle(&self) {}
}

#[derive(Default)]
struct LocalNet(LocalBridge);

impl Net for LocalNet {
    fn bridge(&self) -> Arc<dyn Bridge> {
        Arc::new(self.0.neighbour())
    }
}

const ANN: Uuid = Uuid::from_u128(101);
const BOB: Uuid = Uuid::from_u128(102);
const CAT: Uuid = Uuid::from_u128(103);

const TOWN: Topic = Topic::Channel(Uuid::from_u128(201));
const OTHER: Topic = Topic::Channel(Uuid::from_u128(202));

fn to(topic: Topic) -> Audience {
    Audience::Topic(topic)
}

/// Short times for what happens only after a wait; everything else as in production.
fn config() -> EngineConfig {
    EngineConfig {
        stall_after: Duration::from_millis(50),
        heartbeat: Duration::from_millis(20),
        offline_grace: Duration::from_millis(20),
        ..EngineConfig::default()
    }
}

fn start(net: &dyn Net, config: EngineConfig) -> (Engine, Recorder) {
    let recorder = Recorder::default();
    let engine = Engine::start(config, Arc::new(recorder.clone()), net.bridge());
    net.settle();
    (engine, recorder)
}

/// Bounds a test that waits in vain; generous, as nothing may depend on speed.
async fn within<T>(test: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), test).await.expect("waited in vain")
}

/// Waits until a question is answered with yes.
async fn until(mut question: impl AsyncFnMut() -> bool) {
    while !question().await {
        tokio::task::yield_now().await;
    }
}

/// The value of a metric.
fn metric(engine: &Engine, name: &str) -> f64 {
    let mut found = None;
    engine.metrics().for_each(|sample, _, _, value| {
        if sample == format!("rustchat_engine_{name}") {
            found = Some(value);
        }
    });
    found.unwrap()
}

macro_rules! each_test {
    ($name:ident, $net:ty: $($module:ident { $($test:ident),* $(,)? })*) => {
        mod $name {
            $($(
                #[actix_rt::test]
                async fn $test() {
                    crate::within(crate::$module::$test(&<$net>::default())).await;
                }
            )*)*
        }
    };
}

/// The engine's suite on one kind of network.
macro_rules! suite {
    ($name:ident, $net:ty) => {
        each_test!($name, $net:
            delivery {
                everyone_in_a_topic_hears_everything_once_and_in_order,
                answers_are_outside_the_sequence,
                a_join_between_register_and_open_is_not_lost,
                events_before_hello_are_not_delivered,
                leaving_takes_effect_at_once,
                audiences_and_exceptions,
                variants_and_the_own_name,
                privileges_follow_the_user,
                repeats_are_throttled,
                refresh_reaches_the_observer,
                an_idle_channel_is_retired_and_comes_back,
                shutdown_tells_sockets_to_come_back_and_waits_for_them,
                shutdown_cuts_what_does_not_leave,
                disconnects_reach_their_target,
                an_unknown_actor_has_no_snapshot,
                what_happened_first_is_heard_first,
                a_lost_predecessor_holds_nothing_up_for_long,
        the_way_to_the_socket_is_measured,
            }
            resume {
                what_was_missed_is_replayed_with_its_numbers,
                a_client_that_missed_nothing_goes_on,
                a_client_that_saw_nothing_gets_hello_again,
                a_position_that_fell_out_gets_a_new_id,
                a_position_from_the_future_gets_a_new_id,
                nobody_takes_a_strangers_session,
                a_half_open_socket_loses_its_session_to_the_claimant,
                joins_and_leaves_reach_a_session_without_a_socket,
                a_session_expires_when_nobody_comes_back,
                an_overfull_session_without_a_socket_is_given_up,
            }
            slow {
                ephemeral_events_are_dropped_past_half,
                a_stalled_client_is_cut_while_others_go_on,
                a_slow_client_that_reads_keeps_its_session,
                a_gap_ends_the_session_at_once,
                a_client_that_asks_without_reading_is_closed,
                a_full_hub_means_resync_not_silence,
                a_full_channel_means_resync_not_silence,
                a_refused_leave_ends_the_session,
            }
            handover {
                what_was_missed_arrives_at_another_instance,
                nothing_is_lost_or_doubled_while_everybody_talks,
                a_session_that_nobody_has_begins_anew,
                a_stranger_does_not_get_it_elsewhere_either,
                a_position_that_cannot_be_proven_begins_anew_and_ends_the_old_one,
                a_half_open_socket_loses_its_session_to_another_instance,
                what_a_client_watches_comes_along,
                an_instance_that_drains_hands_its_sessions_over,
            }
            faults {
                a_dead_channel_is_rebuilt_with_its_sessions,
                sessions_of_a_channel_that_died_with_work_resync,
                a_hanging_arbiter_is_replaced,
                presence_is_rebuilt_and_knows_everybody,
                a_broken_encoder_means_resync_and_harms_nobody_else,
                a_dead_hub_is_fatal,
                a_hanging_hub_is_not_healthy,
            }
            presence {
                come_and_go,
                everybody_who_is_known_can_be_asked_for_within_a_bound,
                watching_replaces_what_was_watched,
                a_command_of_somebody_who_is_not_connected_is_reported,
                what_was_stored_is_kept,
            }
            instances {
                broadcasts_cross_with_everything_they_carry,
                control_crosses,
                order_between_join_and_publish_holds_across,
                presence_is_seen_from_elsewhere,
                one_of_two_instances_leaving_changes_nothing,
                two_instances_that_lose_a_user_together_report_it,
                a_gap_reaches_sessions_elsewhere,
            }
        );
    };
}

suite!(local, crate::LocalNet);
suite!(redis_suite, crate::redis::RedisNet);
// Over Redis every event travels in both protocols.
each_test!(alone, crate::LocalNet: delivery { an_unused_protocol_is_never_encoded });
