import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { useAccount } from '@/features/account'
import { dispatcher, type EventMap } from '@/shared/realtime'
import { aBootstrap, aChannel, aMembership, aPost, aUser } from '@/shared/testing'

import { channelsApi } from './api'
import { listenToChannels } from './events'
import { useChannels } from './store'

let channels: ReturnType<typeof useChannels>

function begin(more: { root_count?: number; seen_roots?: number; mention_count?: number } = {}) {
  const { root_count = 0, seen_roots = root_count, mention_count = 0 } = more
  const bootstrap = aBootstrap({
    channels: [aChannel({ root_count, message_count: root_count, last_post_at: root_count })],
    memberships: [aMembership({ seen_roots, seen_messages: seen_roots, mention_count })],
  })
  useAccount().apply(bootstrap)
  channels.apply(bootstrap)
}

const posted = (
  count: number,
  more: { user?: string; mentions?: boolean; root?: string } = {},
): EventMap['post.created'] => ({
  post: aPost({ id: `p${count}`, user_id: more.user ?? 'ada', root_id: more.root ?? null, created_at: count }),
  thread: null,
  root_updated_at: null,
  channel: { message_count: count, root_count: count, last_post_at: count },
  mentions_me: more.mentions ?? false,
  author: aUser(),
})

beforeEach(() => {
  setActivePinia(createPinia())
  channels = useChannels()
})

describe('a new post', () => {
  it('makes a channel unread until it is viewed', async () => {
    begin()
    channels.countPost(posted(1))
    expect(channels.unread('c')).toBe(true)
    vi.spyOn(channelsApi, 'view').mockResolvedValue({
      channel_id: 'c',
      seen_messages: 1,
      seen_roots: 1,
      mention_count: 0,
      mention_count_root: 0,
      last_viewed_at: 1,
    })
    const viewed = channels.markRead('c')
    expect(channels.unread('c')).toBe(false)
    await viewed
    expect(channels.unread('c')).toBe(false)
  })

  it('of the caller makes everything before it seen', () => {
    begin()
    channels.countPost(posted(1, { mentions: true }))
    channels.countPost(posted(2, { user: 'me' }))
    expect(channels.unread('c')).toBe(false)
    expect(channels.mentions('c')).toBe(0)
  })

  it('of the caller in a thread is seen, and nothing else', () => {
    begin({ root_count: 4, seen_roots: 3, mention_count: 1 })
    channels.countPost(posted(5, { user: 'me', root: 'p1' }))
    expect(channels.memberships.get('c')).toMatchObject({ seen_messages: 4, seen_roots: 3, mention_count: 1 })
  })

  it('counts a mention once, also when the snapshot knew of it', () => {
    begin({ root_count: 5, seen_roots: 4, mention_count: 1 })
    channels.countPost(posted(5, { mentions: true }))
    expect(channels.mentions('c')).toBe(1)
    channels.countPost(posted(6, { mentions: true }))
    expect(channels.mentions('c')).toBe(2)
  })

  it('that was viewed already is not counted when it comes late', () => {
    begin()
    channels.applyRead([
      { channel_id: 'c', seen_messages: 1, seen_roots: 1, mention_count: 0, mention_count_root: 0, last_viewed_at: 1 },
    ])
    channels.countPost(posted(1, { mentions: true }))
    expect(channels.unread('c')).toBe(false)
    expect(channels.mentions('c')).toBe(0)
  })

  it('about somebody who was added is counted after the place of before', () => {
    begin()
    const joined = aMembership({ channel_id: 'd', seen_messages: 7, seen_roots: 7 })
    channels.upsertJoined({ channel: aChannel({ id: 'd', message_count: 7, last_post_at: 40 }), membership: joined })
    // Posts about coming and going do not raise the counters.
    const welcome = { message_count: 7, root_count: 7, last_post_at: 41 }
    channels.countPost({ ...posted(41, { mentions: true }), post: aPost({ channel_id: 'd' }), channel: welcome })
    expect(channels.mentions('d')).toBe(1)
  })
})

describe('versions', () => {
  it('keep the newer names and the higher counters', () => {
    begin({ root_count: 3 })
    channels.upsert(aChannel({ display_name: 'New', updated_at: 9, root_count: 1 }))
    expect(channels.byId.get('c')).toMatchObject({ display_name: 'New', root_count: 3 })
    channels.upsert(aChannel({ display_name: 'Old', updated_at: 5, root_count: 7 }))
    expect(channels.byId.get('c')).toMatchObject({ display_name: 'New', root_count: 7 })
  })
})

it('takes back what was marked unread elsewhere', () => {
  begin({ root_count: 4 })
  channels.applyRead([
    { channel_id: 'c', seen_messages: 2, seen_roots: 2, mention_count: 1, mention_count_root: 1, last_viewed_at: 7 },
  ])
  expect(channels.unread('c')).toBe(true)
  expect(channels.mentions('c')).toBe(1)
})

it('takes roles and settings of a place without how far it was read when they were sent', () => {
  begin({ root_count: 2, seen_roots: 1, mention_count: 1 })
  channels.updateSettings(aMembership({ roles: ['channel_user', 'channel_admin'], muted: true, mention_count: 0 }))
  expect(channels.memberships.get('c')).toMatchObject({ muted: true, seen_roots: 1, mention_count: 1 })
})

describe('events', () => {
  beforeEach(listenToChannels)

  it('bring a channel back from the archive to whoever has a place in it', () => {
    const archived = aMembership({ channel_id: 'attic' })
    channels.apply(aBootstrap({ channels: [], memberships: [archived] }))
    dispatcher.dispatch({ type: 'channel.updated', data: aChannel({ id: 'attic' }), seq: 1 })
    dispatcher.dispatch({ type: 'channel.updated', data: aChannel({ id: 'elsewhere' }), seq: 2 })
    expect([...channels.byId.keys()]).toEqual(['attic'])
  })

  it('take the channels of a team that the caller has left', () => {
    begin()
    dispatcher.dispatch({ type: 'team.left', data: { team_id: 't' }, seq: 1 })
    expect(channels.byId.size + channels.memberships.size).toBe(0)
  })
})
