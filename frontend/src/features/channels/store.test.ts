import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { useAccount } from '@/features/account'
import type { EventMap } from '@/shared/realtime'
import { aBootstrap, aChannel, aMembership, aPost, aUser } from '@/shared/testing'

import { channelsApi } from './api'
import { useChannels } from './store'

let channels: ReturnType<typeof useChannels>

function begin(more: { root_count?: number; seen_roots?: number; mention_count?: number } = {}) {
  const { root_count = 0, seen_roots = root_count, mention_count = 0 } = more
  const bootstrap = aBootstrap({
    channels: [aChannel({ root_count, message_count: root_count })],
    memberships: [aMembership({ seen_roots, seen_messages: seen_roots, mention_count })],
  })
  useAccount().apply(bootstrap)
  channels.apply(bootstrap)
}

const posted = (count: number, more: { user?: string; mentions?: boolean } = {}): EventMap['post.created'] => ({
  post: aPost({ id: `p${count}`, user_id: more.user ?? 'ada', created_at: count }),
  thread: null,
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

  it('of the caller is seen by the caller, unless something before it was not', () => {
    begin()
    channels.countPost(posted(1, { user: 'me' }))
    expect(channels.unread('c')).toBe(false)
    channels.countPost(posted(2))
    channels.countPost(posted(3, { user: 'me' }))
    expect(channels.unread('c')).toBe(true)
  })

  it('counts a mention once, also when the snapshot knew of it', () => {
    begin({ root_count: 5, seen_roots: 4, mention_count: 1 })
    channels.countPost(posted(5, { mentions: true }))
    expect(channels.mentions('c')).toBe(1)
    channels.countPost(posted(6, { mentions: true }))
    expect(channels.mentions('c')).toBe(2)
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
