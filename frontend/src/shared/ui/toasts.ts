import { reactive } from 'vue'

import { t } from '@/shared/i18n'

const SHOWN_MS = 6_000
const MOST_SHOWN = 4

export interface Toast {
  id: number
  text: string
  danger: boolean
}

export const toasts = reactive<Toast[]>([])
let lastId = 0

/** Tells something in passing; it goes away by itself. */
export function toast(text: string, danger = false) {
  const id = ++lastId
  toasts.push({ id, text, danger })
  if (toasts.length > MOST_SHOWN) toasts.shift()
  setTimeout(() => dismiss(id), SHOWN_MS)
}

/** Tells that something went wrong, in the words of the server where there are any. */
export function toastError(error: unknown) {
  toast(error instanceof Error ? error.message : t('error.unknown'), true)
}

export function dismiss(id: number) {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
