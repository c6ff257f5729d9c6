//! What every [`Store`](crate::ports::Store) has to do, and every [`Bus`](crate::ports::Bus) (`bus`), as tests that each
//! adapter runs.
//!
//! ```ignore
//! async fn make() -> (std::sync::Arc<dyn Store>, tempfile::TempDir) { … }
//! ringtrue_engine::conformance!(make);
//! ```
//!
//! Every case gets an empty store. A new case goes into its module and into the list of [`conformance!`].

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, missing_docs, reason = "these are tests")]

pub mod access;
pub mod bus;
pub mod closing;
pub mod deeds;
pub mod deliveries;
pub mod erasure;
pub mod events;
pub mod flows;
pub mod hooks;
pub mod idempotency;
pub mod identities;
pub mod jobs;
pub mod listings;
pub mod nodes;
pub mod people;
pub mod polls;
pub mod purge;
pub mod races;
pub mod refusals;
pub mod sample;
pub mod sandbox;
pub mod units;
pub mod watched;
pub mod watching;

use std::sync::Arc;

use crate::ports::{Change, CommitError, Store, Unit};

/// A store as the cases get it.
pub type Subject = Arc<dyn Store>;

/// Commits a unit that must be accepted.
async fn commit(store: &Subject, changes: impl IntoIterator<Item = Change>) {
    store.commit(unit(changes)).await.unwrap();
}

/// Commits a unit that must meet a conflict.
async fn conflict(store: &Subject, changes: impl IntoIterator<Item = Change>) {
    let answer = store.commit(unit(changes)).await;
    assert!(matches!(answer, Err(CommitError::Conflict)), "{answer:?} instead of a conflict");
}

fn unit(changes: impl IntoIterator<Item = Change>) -> Unit {
    Unit { changes: changes.into_iter().collect() }
}

/// One test per case, each on a store of its own. `$make` is an async function that makes an empty store, and
/// something to keep while it is used.
#[macro_export]
macro_rules! conformance {
    ($make:ident) => {
        $crate::conformance_cases! { $make
            flows:
                a_new_flow_is_read_back
                an_unknown_flow_is_none
                a_flow_is_written_again_from_its_version
                an_old_version_is_a_conflict
                a_new_flow_twice_is_a_conflict
                a_change_of_nothing_is_a_conflict
                a_flow_stays_in_its_project
                every_state_is_read_back
                a_link_finds_its_flow
                a_link_twice_is_a_conflict
                history_is_read_in_order
                a_clock_ahead_counts_in_sandbox_only;
            units:
                an_empty_unit_is_fine
                a_unit_is_made_in_its_order
                a_unit_in_the_wrong_order_is_refused
                nothing_of_a_refused_unit_stays
                a_refused_unit_keeps_what_was_before
                a_refused_unit_harms_no_neighbour
                a_big_unit_is_written_whole;
            identities:
                an_identity_is_found_by_number_and_customer
                an_identity_without_customer_is_another
                the_same_person_under_another_id_is_a_conflict
                an_identity_is_written_again
                an_identity_that_changes_its_number_frees_the_old_one
                an_identity_that_takes_a_known_number_is_a_conflict
                projects_and_environments_are_apart
                an_id_of_another_project_is_a_conflict
                customer_ids_are_compared_exactly;
            jobs:
                a_due_job_is_claimed_with_its_task
                a_job_is_not_claimed_before_it_is_due
                a_leased_job_is_claimed_when_its_lease_is_over
                a_fresh_job_may_be_leased_by_its_maker
                a_finished_job_is_gone
                a_foreign_lease_finishes_nothing
                a_job_is_given_back_for_later
                a_foreign_lease_gives_nothing_back
                the_oldest_due_come_first_up_to_the_limit
                a_sandbox_job_is_due_on_its_projects_clock
                a_retried_sandbox_job_waits_on_its_projects_clock
                a_job_twice_is_a_conflict
                open_jobs_are_counted;
            idempotency:
                a_key_is_remembered_until_it_expires
                a_known_key_is_a_duplicate_with_its_record
                a_duplicate_has_the_answer_once_there_is_one
                an_expired_key_is_remembered_anew
                a_key_belongs_to_its_project_and_environment
                an_answer_to_an_unknown_key_is_dropped
                a_big_answer_in_any_script_is_kept
                a_key_twice_in_a_unit_is_a_conflict;
            access:
                a_token_tells_its_caller
                a_token_ends_when_it_expires
                a_revoked_credential_stops_its_tokens_at_once
                a_revocation_keeps_its_first_instant
                a_credential_is_read_back
                credentials_are_listed_oldest_first
                a_credential_or_token_twice_is_a_conflict
                a_token_needs_a_project
                a_project_is_written_again
                a_project_of_another_version_is_a_conflict
                a_logo_is_kept_replaced_and_removed
                a_credential_is_named
                the_last_use_of_a_credential_only_goes_forward
                projects_are_listed_oldest_first
                a_clock_only_goes_forward_and_adds_up
                the_caller_in_production_has_the_wall_clock;
            sandbox:
                messages_are_listed_newest_first_up_to_the_limit
                messages_are_listed_by_number
                messages_belong_to_their_project
                a_message_is_kept_once
                a_handset_is_switched
                a_subscriber_is_written_again;
            nodes:
                a_node_is_read_as_it_was_last_written
                a_node_that_leaves_is_gone
                a_dead_node_is_purged_after_an_hour;
            purge:
                an_outlived_flow_goes_with_its_links_and_history
                flows_are_outlived_on_their_own_clock
                expired_tokens_and_keys_go
                messages_go_after_a_week_on_their_own_clock
                little_goes_at_a_time;
            watched:
                a_version_counts_the_writes
                an_id_is_found_in_its_environment_only
                a_list_is_paged_by_id
                a_list_stays_right_while_rows_come_and_go
                the_identities_of_a_number_are_listed
                a_number_is_watched_over_all_projects
                who_hears_nothing_does_not_watch
                a_removed_identity_is_gone_and_may_come_back
                a_removed_identity_takes_its_events_and_answers;
            events:
                an_event_is_read_back_with_its_cursor
                a_part_of_a_stream_is_read
                an_identitys_events_are_listed_newest_first
                streams_of_projects_and_environments_are_apart
                a_refused_unit_takes_no_cursor
                muted_events_are_marked_and_later_ones_are_not
                events_go_after_thirty_days
                events_that_wait_to_be_delivered_stay
                events_that_wait_for_a_paused_webhook_go;
            hooks:
                a_webhook_is_written_from_its_version
                a_webhook_is_read_with_its_projects_clock
                a_new_webhook_gets_nothing_from_before
                a_lane_is_claimed_with_a_lease
                few_lanes_are_claimed_at_a_time
                a_lane_given_back_waits_for_what_it_is_told
                a_lane_given_back_with_news_is_due_at_once
                a_lane_is_woken_not_later_than_it_was
                a_sandbox_lane_is_due_on_its_projects_clock
                a_paused_lane_is_claimed_by_nobody_until_it_goes_on
                a_removed_webhook_leaves_nothing_to_send
                an_endpoints_health_is_kept
                nothing_is_held_against_one_that_goes_on
                nothing_is_held_against_another_address
                a_lane_whose_newest_events_were_erased_is_not_due
                an_event_of_the_moment_is_not_missed
                a_stale_lease_writes_nothing;
            deliveries:
                a_delivery_is_read_back_and_packs_its_events
                a_delivery_is_written_again
                open_deliveries_come_in_the_order_of_their_events
                deliveries_are_listed_newest_first
                attempts_are_listed_in_order
                one_delivery_is_replayed_whatever_its_state
                all_failed_or_a_range_is_replayed
                what_is_replayed_is_read_page_by_page
                a_replay_wakes_the_lane
                settled_deliveries_go_after_thirty_days
                few_deliveries_go_at_a_time_with_their_attempts
                what_waits_for_a_paused_webhook_goes_after_thirty_days
                a_file_of_changes_is_taken_in_once;
            polls:
                watched_numbers_come_once_in_their_order
                who_watches_is_found_by_the_hash
                who_stops_watching_is_not_taken_up
                a_hand_is_moved_from_its_version
                a_rest_is_kept_if_it_is_longer
                a_number_taken_up_is_due_when_its_lease_is_over
                a_settled_poll_waits_for_the_hand_or_its_time
                the_oldest_due_polls_come_first
                the_hand_forgets_numbers_that_nobody_watches
                a_hand_is_moved_by_one_at_a_time;
            erasure:
                a_verification_is_erased_with_all_of_it
                nothing_of_another_environment_is_erased
                messages_to_a_number_are_erased
                a_refused_unit_erases_nothing;
            listings:
                verifications_are_listed_newest_first
                a_list_is_paged_by_id
                times_bound_a_list
                verifications_are_found_by_whom_they_are_about
                a_new_number_is_found_and_the_old_one_is_not
                recent_verifications_of_a_number_are_told_after_it_was_changed_too
                a_former_number_is_forgotten_after_a_day_or_when_it_is_erased
                lists_are_filtered_by_standing_and_method
                what_ran_out_is_found_as_timed_out
                few_are_looked_at_at_a_time
                a_line_goes_with_its_flow
                a_refused_unit_lists_nothing
                what_is_not_counted_yet_is_told
                counts_add_up
                counts_are_added_once
                counts_go_after_four_hundred_days;
            refusals:
                refused_calls_add_up
                refused_calls_of_a_refused_unit_are_not_counted
                counts_of_refused_calls_go_after_four_hundred_days;
            people:
                a_team_is_read_with_its_version
                a_team_of_another_version_is_a_conflict
                an_address_belongs_to_one_member
                a_session_tells_whose_it_is_until_it_ends
                a_session_that_is_used_goes_on
                sessions_are_listed_and_ended_by_their_member
                a_removed_member_takes_all_they_sign_in_with
                an_access_key_tells_its_maker_until_it_is_removed
                an_invitation_is_closed_once
                a_link_is_taken_once
                a_recovery_code_is_taken_once
                attempts_are_counted_up_to_the_limit
                passkeys_are_kept_and_removed_by_their_member
                a_ceremony_is_taken_once
                what_is_over_goes;
            deeds:
                what_was_done_is_paged_newest_first;
            races:
                one_writer_of_a_version_wins
                one_identity_of_a_person_wins
                one_request_under_a_key_wins
                claims_never_overlap
                a_lease_is_finished_once
                one_writer_of_an_identity_wins
                cursors_have_no_gaps_and_appear_in_order
                a_lane_has_one_holder
                deliveries_are_written_by_the_holder_only
                what_works_once_is_taken_by_one
                attempts_at_once_are_counted
                refused_calls_of_many_nodes_add_up;
            closing:
                it_answers_a_ping
                what_was_accepted_is_written_before_it_closes
                a_closed_store_refuses
                it_may_be_closed_twice;
        }
    };
}

/// Expands the list of [`conformance!`].
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_cases {
    ($make:ident $($module:ident: $($case:ident)+;)+) => {$(
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let (store, _keep) = super::$make().await;
                    $crate::conformance::$module::$case(store).await;
                }
            )+
        }
    )+};
}
