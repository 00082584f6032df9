import type { Ref } from 'vue'

/**
 * Arrow keys move from post to post. The list is one stop for the Tab key; from a focused post, Tab leads to
 * its actions.
 */
export function useRowFocus(scroller: Readonly<Ref<HTMLElement | null>>) {
  function onKey(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return
    const target = event.target as HTMLElement
    if (target.closest('textarea, input, [role="menu"], [role="dialog"]')) return
    const posts = [...(scroller.value?.querySelectorAll<HTMLElement>('article[tabindex]') ?? [])]
    const current = target.closest<HTMLElement>('article[tabindex]')
    const at = current ? posts.indexOf(current) + step : posts.length - 1
    const next = posts[at]
    if (!next) return
    event.preventDefault()
    next.focus({ preventScroll: true })
    next.scrollIntoView({ block: 'nearest' })
  }

  return { onKey }
}
