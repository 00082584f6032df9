import createClient, { type Middleware } from 'openapi-fetch'

import { t } from '@/shared/i18n'

import { ApiError, NetworkError } from './error'
import type { paths } from './generated'
import type { Problem } from './types'

/** Readable twin of the session's cookie; its presence also tells that somebody may be logged in. */
export function csrfToken(): string | undefined {
  return document.cookie
    .split('; ')
    .find((pair) => pair.startsWith('rustchat_csrf='))
    ?.slice('rustchat_csrf='.length)
}

const onSignedOut = new Set<() => void>()

/** Calls back when the server says that the session is over. */
export function whenSignedOut(callback: () => void) {
  onSignedOut.add(callback)
}

const guard: Middleware = {
  onRequest({ request }) {
    const token = csrfToken()
    if (token && request.method !== 'GET') request.headers.set('X-CSRF-Token', token)
    return request
  },
  async onResponse({ request, response }) {
    if (response.ok) return undefined
    const isLogin = request.method === 'POST' && new URL(request.url).pathname.endsWith('/sessions')
    if (response.status === 401 && !isLogin) onSignedOut.forEach((callback) => callback())
    throw new ApiError(await readProblem(response))
  },
  onError: () => new NetworkError(t('error.network')),
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem
  } catch {
    // Not from the application itself: a proxy in between, for example.
    return {
      type: 'about:blank',
      title: response.statusText,
      status: response.status,
      code: 'server.unavailable',
      detail: t('error.unavailable', { status: response.status }),
      request_id: '',
    }
  }
}

const client = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'same-origin',
  fetch: (request) => fetch(request),
})
client.use(guard)

/** The native API. Every call throws `ApiError` or `NetworkError` instead of returning an error. */
export const api = client

/** The body of an answer. Errors were thrown before, so it is there. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  return (await answer).data as NonNullable<T>
}
