import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { useAccount } from '@/features/account'
import type { Post, PostPage } from '@/shared/api'
import { aBootstrap, aPost, aUser } from '@/shared/testing'

import { usePostActions } from './actions'
import { postsApi } from './api'
import { useHistories } from './histories'
import { usePosts } from './store'

const place = { channelId: 'c', rootId: null }
let posts: ReturnType<typeof usePosts>
let histories: ReturnType<typeof useHistories>

beforeEach(() => {
  setActivePinia(createPinia())
  useAccount().apply(
    aBootstrap({ permissions: { system: ['edit_post', 'delete_post', 'add_reaction'], teams: {}, channel_roles: {} } }),
  )
  posts = usePosts()
  histories = useHistories()
})

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => aPost({ id: `p${from + index}`, created_at: from + index }))

/** A page as the server sends it: newest first. */
const page = (list: Post[], more: Partial<PostPage> = {}): PostPage => ({
  posts: [...list].reverse(),
  related: [],
  users: [aUser()],
  older: null,
  newer: null,
  ...more,
})
const ids = () => histories.get(place)?.ids

describe('versions of a post', () => {
  it('the one changed later stays, whichever comes first', () => {
    posts.upsert(aPost({ message: 'new', updated_at: 5 }))
    posts.upsert(aPost({ message: 'old', updated_at: 3 }))
    expect(posts.byId.get('p')?.message).toBe('new')
    posts.upsert(aPost({ message: 'newer', updated_at: 6 }))
    expect(posts.byId.get('p')?.message).toBe('newer')
  })

  it('a deleted post does not come back with a late answer', () => {
    posts.upsert(aPost())
    posts.remove('p')
    posts.upsert(aPost({ updated_at: 9 }))
    expect(posts.byId.has('p')).toBe(false)
  })

  it('an answer from before a reaction or a reply does not undo it', () => {
    posts.upsert(aPost())
    posts.addReaction({ post_id: 'p', channel_id: 'c', user_id: 'ada', emoji: 'tada', post_updated_at: 2 })
    posts.upsert(aPost())
    expect(posts.byId.get('p')?.reactions).toHaveLength(1)
    posts.setThread('p', { reply_count: 1, last_reply_at: 3, participants: ['ada'] }, 3)
    posts.upsert(aPost({ updated_at: 2 }))
    expect(posts.byId.get('p')?.thread?.reply_count).toBe(1)
  })

  it('a reaction counts once however often it is told', () => {
    posts.upsert(aPost())
    const reaction = { post_id: 'p', channel_id: 'c', user_id: 'ada', emoji: 'tada', post_updated_at: 2 }
    posts.addReaction(reaction)
    posts.addReaction(reaction)
    expect(posts.byId.get('p')?.reactions).toEqual([{ emoji: 'tada', user_ids: ['ada'] }])
    posts.removeReaction(reaction)
    expect(posts.byId.get('p')?.reactions).toEqual([])
  })
})

describe('a history', () => {
  it('grows at both ends without a gap or a double', async () => {
    histories.show(place, page(numbered(10, 12), { older: 'p10', newer: 'p12' }))
    const get = vi.spyOn(postsApi, 'page')
    get.mockResolvedValueOnce(page(numbered(7, 10), { older: null }))
    await histories.loadOlder(place)
    get.mockResolvedValueOnce(page(numbered(12, 14), { newer: null }))
    await histories.loadNewer(place)
    expect(get.mock.calls.map(([, query]) => query)).toEqual([{ before: 'p10' }, { after: 'p12' }])
    expect(ids()).toEqual(numbered(7, 14).map((post) => post.id))
    expect(histories.get(place)).toMatchObject({ older: null, newer: null })
  })

  it('asks once for what several want at the same time', async () => {
    histories.show(place, page(numbered(2, 3), { older: 'p2' }))
    const get = vi.spyOn(postsApi, 'page').mockResolvedValue(page(numbered(1, 1)))
    await Promise.all([histories.loadOlder(place), histories.loadOlder(place)])
    expect(get).toHaveBeenCalledOnce()
  })

  it('takes a new post at its end only, in order of time', () => {
    histories.show(place, page(numbered(1, 2)))
    const add = (at: number) => {
      const post = aPost({ id: `p${at}`, created_at: at })
      posts.upsert(post)
      histories.append(post)
    }
    add(5)
    add(4)
    add(5)
    expect(ids()).toEqual(['p1', 'p2', 'p4', 'p5'])
  })

  it('takes none while it does not reach to now', () => {
    histories.show(place, page(numbered(1, 2), { newer: 'p2' }))
    histories.append(aPost({ id: 'p9', created_at: 9 }))
    expect(ids()).toEqual(['p1', 'p2'])
  })
})

describe('an action', () => {
  const own = aPost({ user_id: 'me', message: 'before', updated_at: 3 })

  it('shows at once and stays when the server agrees', async () => {
    posts.upsert(own)
    vi.spyOn(postsApi, 'edit').mockResolvedValue({ ...own, message: 'after', updated_at: 4 })
    const done = usePostActions().edit(own, 'after')
    expect(posts.byId.get('p')?.message).toBe('after')
    await done
    expect(posts.byId.get('p')).toMatchObject({ message: 'after', updated_at: 4 })
  })

  it('is taken back when the server refuses', async () => {
    posts.upsert(own)
    const refused = Promise.reject(new Error('no'))
    vi.spyOn(postsApi, 'edit').mockReturnValue(refused)
    vi.spyOn(postsApi, 'remove').mockReturnValue(refused)
    vi.spyOn(postsApi, 'react').mockReturnValue(refused)
    const actions = usePostActions()

    await expect(actions.edit(own, 'after')).rejects.toThrow('no')
    expect(posts.byId.get('p')?.message).toBe('before')

    const removing = actions.remove(own)
    expect(posts.byId.has('p')).toBe(false)
    await removing
    expect(posts.byId.get('p')?.message).toBe('before')

    const reacting = actions.toggleReaction(own, 'tada')
    expect(posts.byId.get('p')?.reactions).toHaveLength(1)
    await reacting
    expect(posts.byId.get('p')?.reactions).toHaveLength(0)
  })
})
