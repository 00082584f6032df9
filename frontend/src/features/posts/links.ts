import { useRoute, useRouter } from 'vue-router'

import type { Post } from '@/shared/api'

/** Ways to posts: their address, and the thread beside the timeline. */
export function usePostLinks() {
  const route = useRoute()
  const router = useRouter()

  const team = () => String(route.params.team)

  return {
    permalink: (post: Post) =>
      new URL(router.resolve({ name: 'permalink', params: { team: team(), post: post.id } }).href, location.origin).href,
    openThread: (post: Post) => router.push({ query: { ...route.query, thread: post.root_id ?? post.id } }),
    closeThread: () => router.push({ query: { ...route.query, thread: undefined } }),
  }
}
