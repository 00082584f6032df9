import { useVirtualizer } from '@tanstack/vue-virtual'
import { computed, nextTick, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'

import { estimate, type Row } from '../rows'
import { restorePosition, savePosition } from '../positions'

/** Rows kept ready beyond each edge, rows from an edge at which more are fetched, pixels that count as "at the end". */
const OVERSCAN = 10
const FETCH_AHEAD = 6
const END_PX = 40

interface Options {
  rows: () => Row[]
  scroller: Readonly<Ref<HTMLElement | null>>
  positionKey: () => string
  highlight: () => string | null
  hasNewer: () => boolean
  onOlder: () => void
  onNewer: () => void
  onAtEnd: (atEnd: boolean) => void
}

/**
 * A virtual list that opens at the first unread post, stays at the end while it is there, and otherwise keeps
 * what is in sight where it is, whatever is added, removed or grows above or below.
 */
export function useMessageList(options: Options) {
  const atEnd = ref(true)
  /** Posts that came while the reader was elsewhere in the list. */
  const fresh = ref(0)
  const topDay = ref<number | null>(null)

  const virtualizer = useVirtualizer(
    computed(() => ({
      count: options.rows().length,
      getScrollElement: () => options.scroller.value,
      estimateSize: (index: number) => estimate(options.rows()[index]),
      getItemKey: (index: number) => options.rows()[index]?.key ?? index,
      overscan: OVERSCAN,
      anchorTo: 'end' as const,
      followOnAppend: !options.hasNewer(),
      scrollEndThreshold: END_PX,
      scrollPaddingStart: 70,
      isScrollingResetDelay: 900,
      onChange: look,
    })),
  )

  const virtualItems = computed(() => virtualizer.value.getVirtualItems())
  const items = computed(() =>
    virtualItems.value.flatMap(({ index }) => {
      const row = options.rows()[index]
      return row ? [{ row, index }] : []
    }),
  )
  const totalSize = computed(() => virtualizer.value.getTotalSize())
  const start = computed(() => virtualItems.value[0]?.start ?? 0)
  const measure = (element: unknown) => virtualizer.value.measureElement(element as HTMLElement | null)

  /** Notices where the reader is: asks for more near an edge, names the day on top while the list moves. */
  function look() {
    const list = virtualizer.value
    if (!list.range || !opened) return
    if (keepEnd()) return
    const rows = options.rows()
    if (rows[0]?.kind === 'older' && list.range.startIndex <= FETCH_AHEAD) options.onOlder()
    if (rows.at(-1)?.kind === 'newer' && list.range.endIndex >= rows.length - 1 - FETCH_AHEAD) options.onNewer()
    const now = list.isAtEnd(END_PX)
    if (now !== atEnd.value) {
      atEnd.value = now
      options.onAtEnd(now)
    }
    if (now) fresh.value = 0
    topDay.value = list.isScrolling ? dayAbove(rows, list.range.startIndex) : null
  }

  let height = 0
  /** When the list gets shorter, as the composer grows, the newest post stays in sight. */
  function keepEnd(): boolean {
    const before = height
    height = options.scroller.value?.clientHeight ?? 0
    const shrunk = before > height && atEnd.value
    if (shrunk) virtualizer.value.scrollToEnd()
    return shrunk
  }

  /** The day of the row on top, unless its own heading is in sight. */
  function dayAbove(rows: Row[], first: number): number | null {
    if (rows[first]?.kind !== 'post' && rows[first]?.kind !== 'system') return null
    for (let index = first; index >= 0; index--) {
      const row = rows[index]
      if (row?.kind === 'day') return row.at
    }
    return null
  }

  let opened = false
  onMounted(async () => {
    await nextTick()
    open()
    opened = true
    atEnd.value = virtualizer.value.isAtEnd(END_PX)
    options.onAtEnd(atEnd.value)
  })

  function open() {
    if (showHighlight()) return
    const unread = options.rows().findIndex((row) => row.kind === 'unread')
    if (unread >= 0) virtualizer.value.scrollToIndex(unread, { align: 'start' })
    else if (!restorePosition(options.positionKey(), options.rows(), virtualizer.value)) virtualizer.value.scrollToEnd()
  }

  function showHighlight(): boolean {
    const id = options.highlight()
    const at = id ? options.rows().findIndex((row) => row.kind === 'post' && row.post.id === id) : -1
    if (at >= 0) virtualizer.value.scrollToIndex(at, { align: 'center' })
    return at >= 0
  }
  watch(options.highlight, () => opened && nextTick(showHighlight))

  watch(
    () => options.rows().at(-1),
    (last, before) => {
      if (!opened || !last || last.key === before?.key) return
      if (last.kind === 'pending') toEnd()
      else if (last.kind === 'post' && !atEnd.value) fresh.value++
    },
  )

  onBeforeUnmount(() => savePosition(options.positionKey(), options.rows(), virtualizer.value, atEnd.value))

  function toEnd() {
    void nextTick(() => virtualizer.value.scrollToEnd())
  }

  /** The post on top, to come back to after everything was fetched anew. */
  function firstVisiblePost(): string | null {
    const first = virtualizer.value.range?.startIndex ?? 0
    const row = options.rows().slice(first).find((one) => one.kind === 'post')
    return row?.kind === 'post' ? row.post.id : null
  }

  return { items, totalSize, start, atEnd, topDay, fresh, measure, toEnd, firstVisiblePost }
}
