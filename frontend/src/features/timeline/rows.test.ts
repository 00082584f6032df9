import { describe, expect, it } from 'vitest'

import type { Pending } from '@/features/posts'
import { aPost } from '@/shared/testing'

import { buildRows, type RowSource } from './rows'

const MINUTE = 60_000
const noon = new Date(2026, 4, 4, 12).getTime()
const at = (minutes: number, user = 'ada', more = {}) =>
  aPost({ id: `p${minutes}`, user_id: user, created_at: noon + minutes * MINUTE, ...more })

const pending = (minutes: number): Pending => ({
  clientId: `c${minutes}`,
  place: { channelId: 'c', rootId: null },
  message: 'hello',
  createdAt: noon + minutes * MINUTE,
  state: 'sending',
  error: '',
})

const rows = (source: Partial<RowSource>) =>
  buildRows({ posts: [], pending: [], hasOlder: false, hasNewer: false, unreadSince: null, myId: 'me', ...source })
const kinds = (source: Partial<RowSource>) => rows(source).map((row) => row.kind)
const grouped = (source: Partial<RowSource>) =>
  rows(source).flatMap((row) => ('grouped' in row ? [row.grouped] : []))

describe('grouping', () => {
  it('puts posts of one author within five minutes together', () => {
    expect(grouped({ posts: [at(0), at(4), at(8), at(14)] })).toEqual([false, true, true, false])
  })

  it('ends with another author, a system message and a divider', () => {
    expect(grouped({ posts: [at(0), at(1, 'grace'), at(2)] })).toEqual([false, false, false])
    expect(grouped({ posts: [at(0), at(1, 'ada', { kind: 'system_join_channel' }), at(2)] })).toEqual([false, false])
    expect(grouped({ posts: [at(0), at(1)], unreadSince: noon })).toEqual([false, false])
  })

  it('goes on with the local echo', () => {
    expect(grouped({ posts: [at(0, 'me')], pending: [pending(1), pending(2)] })).toEqual([false, true, true])
    expect(grouped({ posts: [at(0)], pending: [pending(1)] })).toEqual([false, false])
  })
})

describe('days', () => {
  it('begin with a heading', () => {
    expect(kinds({ posts: [at(0), at(1), at(24 * 60)] })).toEqual(['beginning', 'day', 'post', 'post', 'day', 'post'])
  })

  it('have none in a thread', () => {
    const root = aPost({ id: 'root', thread: { reply_count: 2, last_reply_at: 0, participants: [] } })
    expect(kinds({ root, posts: [at(0), at(24 * 60)] })).toEqual(['post', 'replies', 'post', 'post'])
  })
})

describe('unread', () => {
  it('begins above the first post of somebody else that came later', () => {
    const posts = [at(0), at(1, 'me'), at(2, 'grace'), at(3, 'grace')]
    expect(kinds({ posts, unreadSince: noon })).toEqual(['beginning', 'day', 'post', 'post', 'unread', 'post', 'post'])
  })

  it('is not marked when all was read', () => {
    expect(kinds({ posts: [at(0)], unreadSince: null })).not.toContain('unread')
    expect(kinds({ posts: [at(0, 'me')], unreadSince: noon - 1 })).not.toContain('unread')
  })
})

describe('ends', () => {
  it('show that there is more', () => {
    expect(kinds({ posts: [at(0)], hasOlder: true, hasNewer: true })).toEqual(['older', 'day', 'post', 'newer'])
  })

  it('hide the local echo while the newest posts are not loaded', () => {
    expect(kinds({ posts: [at(0)], pending: [pending(1)], hasNewer: true })).not.toContain('pending')
  })
})

it('keeps the key of a local echo when the post arrives', () => {
  const echo = rows({ pending: [pending(1)] }).at(-1)
  const post = rows({ posts: [at(1, 'me', { client_id: 'c1' })] }).at(-1)
  expect(post?.kind).toBe('post')
  expect(post?.key).toBe(echo?.key)
})

it('gives every row a key of its own', () => {
  const keys = rows({ posts: [at(0), at(1), at(24 * 60, 'grace')], pending: [pending(1500)], hasOlder: true, unreadSince: noon }).map((row) => row.key)
  expect(new Set(keys).size).toBe(keys.length)
})
