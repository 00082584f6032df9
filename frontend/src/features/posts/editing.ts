import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Which post is being edited, and in which of the two panes that may both show it. */
export const useEditing = defineStore('editing', () => {
  const postId = ref<string | null>(null)
  const inThread = ref(false)

  function start(id: string, thread: boolean) {
    postId.value = id
    inThread.value = thread
  }

  const stop = () => (postId.value = null)

  return { postId, inThread, start, stop }
})
