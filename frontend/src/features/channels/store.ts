import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { useAccount } from '@/features/account'
import { usePeople } from '@/features/people'
import type { Bootstrap, Channel, JoinedChannel, Membership, ReadState } from '@/shared/api'
import type { EventMap } from '@/shared/realtime'

import { channelsApi } from './api'

/** The caller's channels and how far they are read. */
export const useChannels = defineStore('channels', () => {
  const account = useAccount()
  const people = usePeople()
  const byId = shallowReactive(new Map<string, Channel>())
  const memberships = shallowReactive(new Map<string, Membership>())
  /** The last post that each membership knew of when it was fetched or viewed: none up to it is counted again. */
  const counted = new Map<string, number>()

  function apply(bootstrap: Bootstrap) {
    byId.clear()
    memberships.clear()
    counted.clear()
    bootstrap.channels.forEach(upsert)
    bootstrap.channels.forEach((channel) => counted.set(channel.id, channel.last_post_at))
    bootstrap.memberships.forEach(upsertMembership)
  }

  function upsert(channel: Channel) {
    const known = byId.get(channel.id)
    people.need(channel.member_ids)
    if (!known) byId.set(channel.id, channel)
    else byId.set(channel.id, merge(known, channel))
  }

  function upsertMembership(membership: Membership) {
    memberships.set(membership.channel_id, membership)
  }

  /** Roles and settings alone: how far the channel is read may have moved since they were sent. */
  function updateSettings({ channel_id, roles, muted, notify_props }: Membership) {
    const known = memberships.get(channel_id)
    if (known) memberships.set(channel_id, { ...known, roles, muted, notify_props })
  }

  function upsertJoined({ channel, membership }: JoinedChannel) {
    upsert(channel)
    counted.set(channel.id, channel.last_post_at)
    upsertMembership(membership)
  }

  function remove(id: string) {
    byId.delete(id)
    memberships.delete(id)
    counted.delete(id)
  }

  const removeOfTeam = (teamId: string) =>
    [...byId.values()].filter((channel) => channel.team_id === teamId).forEach((channel) => remove(channel.id))

  /** A post raises the counters; whoever writes a root has seen everything, and whoever replies her reply. */
  function countPost({ post, channel: counters, mentions_me }: EventMap['post.created']) {
    const channel = byId.get(post.channel_id)
    const membership = memberships.get(post.channel_id)
    if (!channel || !membership) return
    byId.set(channel.id, {
      ...channel,
      message_count: Math.max(channel.message_count, counters.message_count),
      root_count: Math.max(channel.root_count, counters.root_count),
      last_post_at: Math.max(channel.last_post_at, counters.last_post_at),
    })
    if (counters.last_post_at <= (counted.get(channel.id) ?? 0)) return
    if (post.user_id === account.me.id && post.root_id) {
      memberships.set(channel.id, { ...membership, seen_messages: membership.seen_messages + 1 })
    } else if (post.user_id === account.me.id) {
      memberships.set(channel.id, seenUpTo(membership, counters))
      counted.set(channel.id, counters.last_post_at)
    } else if (mentions_me) {
      memberships.set(channel.id, {
        ...membership,
        mention_count: membership.mention_count + 1,
        mention_count_root: membership.mention_count_root + (post.root_id ? 0 : 1),
      })
    }
  }

  function applyRead(states: ReadState[]) {
    for (const state of states) {
      const membership = memberships.get(state.channel_id)
      if (!membership) continue
      memberships.set(state.channel_id, { ...membership, ...state })
      counted.set(state.channel_id, Math.max(counted.get(state.channel_id) ?? 0, state.last_viewed_at))
    }
  }

  const unread = (id: string) => (byId.get(id)?.root_count ?? 0) - (memberships.get(id)?.seen_roots ?? 0) > 0
  const mentions = (id: string) => memberships.get(id)?.mention_count ?? 0

  /** Everything in the channel was seen. Shown at once; nothing is lost when the request fails. */
  async function markRead(id: string) {
    const channel = byId.get(id)
    const membership = memberships.get(id)
    if (!channel || !membership) return
    memberships.set(id, seenUpTo(membership, channel))
    applyRead([await channelsApi.view(id)])
  }

  const markUnread = async (id: string, postId: string) => applyRead([await channelsApi.markUnread(id, postId)])

  return {
    byId,
    memberships,
    apply,
    upsert,
    updateSettings,
    upsertJoined,
    remove,
    removeOfTeam,
    countPost,
    applyRead,
    unread,
    mentions,
    markRead,
    markUnread,
  }
})

/** The newer version, with the higher counters: those change without touching `updated_at`. */
function merge(known: Channel, next: Channel): Channel {
  const newer = next.updated_at >= known.updated_at ? next : known
  return {
    ...newer,
    message_count: Math.max(known.message_count, next.message_count),
    root_count: Math.max(known.root_count, next.root_count),
    last_post_at: Math.max(known.last_post_at, next.last_post_at),
  }
}

function seenUpTo(
  membership: Membership,
  counters: { message_count: number; root_count: number; last_post_at: number },
): Membership {
  return {
    ...membership,
    seen_messages: Math.max(membership.seen_messages, counters.message_count),
    seen_roots: Math.max(membership.seen_roots, counters.root_count),
    mention_count: 0,
    mention_count_root: 0,
    last_viewed_at: Math.max(membership.last_viewed_at, counters.last_post_at),
  }
}
