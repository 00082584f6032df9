import { ref } from 'vue'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'theme'
const stored = localStorage.getItem(KEY)

/** The look chosen on this device. `theme.js` applies it before the first paint. */
export const theme = ref<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system')

export function setTheme(next: Theme) {
  theme.value = next
  if (next === 'system') {
    localStorage.removeItem(KEY)
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem(KEY, next)
    document.documentElement.dataset.theme = next
  }
}
