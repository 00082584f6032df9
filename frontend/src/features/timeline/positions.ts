import type { Virtualizer } from '@tanstack/vue-virtual'

import type { Row } from './rows'

type List = Virtualizer<HTMLElement, Element>

/** Places remembered; the oldest goes first. */
const MOST_KEPT = 30

/** The row on top and how much of it was scrolled away, by the list's key. */
const positions = new Map<string, { rowKey: string; offset: number }>()

/** Remembers where the reader was. Whoever was at the end comes back to the end. */
export function savePosition(key: string, rows: Row[], list: List, atEnd: boolean) {
  positions.delete(key)
  const first = list.range?.startIndex
  const row = first === undefined ? undefined : rows[first]
  if (atEnd || first === undefined || !row) return
  const start = list.getOffsetForIndex(first, 'start')?.[0] ?? 0
  positions.set(key, { rowKey: row.key, offset: (list.scrollOffset ?? 0) - start })
  if (positions.size > MOST_KEPT) positions.delete(positions.keys().next().value ?? '')
}

/** Goes back there. False when there is no such place. */
export function restorePosition(key: string, rows: Row[], list: List): boolean {
  const saved = positions.get(key)
  const index = saved ? rows.findIndex((row) => row.key === saved.rowKey) : -1
  const start = list.getOffsetForIndex(index, 'start')?.[0]
  if (!saved || index < 0 || start === undefined) return false
  list.scrollToOffset(start + saved.offset)
  return true
}
