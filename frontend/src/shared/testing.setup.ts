import { vi } from 'vitest'

// A unit test reaches no server: what it needs from one it says itself.
vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network in unit tests')))
