import { onScopeDispose } from 'vue'

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/**
 * Runs `action` when the keys are pressed anywhere on the page, for as long as the component lives.
 *
 * @param keys for example `mod+k` (Ctrl, or Cmd on a Mac), `alt+shift+ArrowUp`
 */
export function useShortcut(keys: string, action: () => void) {
  const parts = keys.split('+')
  const key = parts.at(-1)?.toLowerCase()
  const wants = (name: string) => parts.includes(name)

  function onKey(event: KeyboardEvent) {
    const mod = isMac ? event.metaKey : event.ctrlKey
    if (event.key.toLowerCase() !== key || event.isComposing) return
    if (mod !== wants('mod') || event.altKey !== wants('alt') || event.shiftKey !== wants('shift')) return
    event.preventDefault()
    action()
  }

  addEventListener('keydown', onKey)
  onScopeDispose(() => removeEventListener('keydown', onKey))
}

/** The keys as people know them: "Ctrl K", "⌘ K". */
export function keyLabel(keys: string): string {
  const names: Record<string, string> = {
    mod: isMac ? '⌘' : 'Ctrl',
    alt: isMac ? '⌥' : 'Alt',
    shift: '⇧',
    ArrowUp: '↑',
    ArrowDown: '↓',
  }
  return keys
    .split('+')
    .map((part) => names[part] ?? part.toUpperCase())
    .join(' ')
}
