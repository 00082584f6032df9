import { shallowReactive } from 'vue'

const PREFIX = 'draft:'

/** Texts not sent yet, by `channel` or `channel/root`. They survive a reload of the page. */
const drafts = shallowReactive(new Map<string, string>())

for (const key of Object.keys(localStorage)) {
  if (key.startsWith(PREFIX)) drafts.set(key.slice(PREFIX.length), localStorage.getItem(key) ?? '')
}

const keyOf = (channelId: string, rootId: string | null) => (rootId ? `${channelId}/${rootId}` : channelId)

export const draft = (channelId: string, rootId: string | null) => drafts.get(keyOf(channelId, rootId)) ?? ''

/** Whether something is waiting in the channel's own composer. */
export const hasDraft = (channelId: string) => drafts.has(channelId)

export function saveDraft(channelId: string, rootId: string | null, text: string) {
  const key = keyOf(channelId, rootId)
  if (text.trim()) {
    drafts.set(key, text)
    localStorage.setItem(PREFIX + key, text)
  } else if (drafts.delete(key)) {
    localStorage.removeItem(PREFIX + key)
  }
}
