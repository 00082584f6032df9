import { en } from './en'
import { format, type Values } from './format'

export * from './dates'

/** The language of the texts and of dates and numbers. A second catalogue makes this a choice. */
export const locale = 'en'

export type MessageKey = keyof typeof en

/** The text for people. */
export function t(key: MessageKey, values: Values = {}): string {
  return format(en[key], values, locale)
}
