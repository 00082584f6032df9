import type { Pending } from '@/features/posts'
import type { Post } from '@/shared/api'
import { dayKey } from '@/shared/i18n'

/** One line of the list. Keys are steady, so that the list can keep its place while rows come and go. */
export type Row =
  | { kind: 'older'; key: string }
  | { kind: 'newer'; key: string }
  | { kind: 'beginning'; key: string }
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'replies'; key: string; count: number }
  | { kind: 'post'; key: string; post: Post; grouped: boolean }
  | { kind: 'system'; key: string; post: Post }
  | { kind: 'pending'; key: string; pending: Pending; grouped: boolean }

export interface RowSource {
  /** Oldest first. */
  posts: Post[]
  pending: Pending[]
  /** More posts lie before or after those here. */
  hasOlder: boolean
  hasNewer: boolean
  /** What came after this moment was unread when the place was opened; null when all was read. */
  unreadSince: number | null
  myId: string
  /** In a thread: the post it answers, shown first. */
  root?: Post
}

/** Posts of one author within this time stand together. */
const GROUP_MS = 5 * 60_000

/** What the list shows, from top to bottom. */
export function buildRows(source: RowSource): Row[] {
  const rows: Row[] = []
  if (source.hasOlder) rows.push({ kind: 'older', key: 'older' })
  else if (!source.root) rows.push({ kind: 'beginning', key: 'beginning' })
  if (source.root) pushRoot(rows, source.root)

  let previous: Post | undefined
  let divided = source.unreadSince === null
  for (const post of source.posts) {
    if (!source.root) pushDay(rows, previous?.created_at, post.created_at)
    if (!divided && isUnread(post, source)) {
      divided = true
      rows.push({ kind: 'unread', key: 'unread' })
    }
    rows.push(rowOf(post, previous, rows.at(-1), source.myId))
    previous = post
  }
  if (source.hasNewer) rows.push({ kind: 'newer', key: 'newer' })
  else pushPending(rows, source, previous)
  return rows
}

function rowOf(post: Post, previous: Post | undefined, above: Row | undefined, myId: string): Row {
  if (post.kind) return { kind: 'system', key: post.id, post }
  const grouped =
    above?.kind === 'post' &&
    previous?.user_id === post.user_id &&
    post.created_at - previous.created_at < GROUP_MS
  return { kind: 'post', key: keyOfPost(post, myId), post, grouped }
}

/** The local echo and the post it becomes are one row. */
const keyOfPost = (post: Post, myId: string) =>
  post.user_id === myId && post.client_id ? echoKey(post.client_id) : post.id
const echoKey = (clientId: string) => `echo ${clientId}`

function pushRoot(rows: Row[], root: Post) {
  rows.push({ kind: 'post', key: root.id, post: root, grouped: false })
  const count = root.thread?.reply_count ?? 0
  if (count) rows.push({ kind: 'replies', key: 'replies', count })
}

function pushDay(rows: Row[], before: number | undefined, at: number) {
  const key = dayKey(at)
  if (before === undefined || dayKey(before) !== key) rows.push({ kind: 'day', key: `day ${key}`, at })
}

function pushPending(rows: Row[], { pending, myId, root }: RowSource, previous: Post | undefined) {
  let before = previous?.created_at
  for (const entry of pending) {
    const at = Math.max(entry.createdAt, before ?? 0)
    if (!root) pushDay(rows, before, at)
    const above = rows.at(-1)
    const grouped =
      (above?.kind === 'pending' || (above?.kind === 'post' && previous?.user_id === myId)) &&
      at - (before ?? 0) < GROUP_MS
    rows.push({ kind: 'pending', key: echoKey(entry.clientId), pending: entry, grouped })
    before = at
  }
}

function isUnread(post: Post, { unreadSince, myId }: RowSource): boolean {
  return unreadSince !== null && post.created_at > unreadSince && post.user_id !== myId
}

/** Height of a row before it is measured, in pixels. */
export function estimate(row: Row | undefined): number {
  switch (row?.kind) {
    case 'post':
      return (row.grouped ? 26 : 64) + Math.floor(row.post.message.length / 90) * 22
    case 'beginning':
      return 150
    case 'older':
    case 'newer':
      return 120
    default:
      return 40
  }
}
