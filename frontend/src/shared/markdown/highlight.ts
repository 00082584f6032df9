import type { HLJSApi } from 'highlight.js'

/** Longer code stays plain, so that no message can hold the page up. */
const MOST_CHARS = 20_000

let loading: Promise<HLJSApi> | null = null

/** Colours the code blocks inside an element. The highlighter is fetched with the first block. */
export async function highlightIn(root: HTMLElement) {
  const blocks = [...root.querySelectorAll<HTMLElement>('code[data-language]:not([data-language=""])')]
  if (!blocks.length) return
  const hljs = await (loading ??= import('highlight.js/lib/common').then((module) => module.default))
  for (const block of blocks) {
    const language = block.dataset.language ?? ''
    const code = block.textContent ?? ''
    if (!hljs.getLanguage(language) || code.length > MOST_CHARS) continue
    block.innerHTML = hljs.highlight(code, { language, ignoreIllegals: true }).value
  }
}
