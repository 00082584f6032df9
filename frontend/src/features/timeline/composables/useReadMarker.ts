import { onScopeDispose, ref, watch } from 'vue'

import { useChannels } from '@/features/channels'

/**
 * Marks a channel read when its newest post is in sight of somebody who is there: the window has the focus.
 * Until then it stays unread, also while it is open.
 */
export function useReadMarker(channelId: string, newestInSight: () => boolean) {
  const channels = useChannels()
  const focused = ref(document.hasFocus())
  const update = () => (focused.value = document.hasFocus())
  addEventListener('focus', update)
  addEventListener('blur', update)
  onScopeDispose(() => {
    removeEventListener('focus', update)
    removeEventListener('blur', update)
  })

  let running = false
  const isSeen = () => focused.value && newestInSight()
  const isNew = () => channels.unread(channelId) || channels.mentions(channelId) > 0

  /** One request at a time: what comes while it runs is marked with the next. */
  async function mark() {
    if (running || !isSeen() || !isNew()) return
    running = true
    try {
      await channels.markRead(channelId)
    } catch {
      // Marked with the next post or the next focus.
    } finally {
      running = false
    }
  }

  // Not on "unread" itself: what the user marked unread stays so until something new happens here.
  watch([isSeen, () => channels.byId.get(channelId)?.message_count], mark, { immediate: true })
}
