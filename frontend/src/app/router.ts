import { createRouter, createWebHistory } from 'vue-router'

import { LoginPage, SignUpPage, useAccount } from '@/features/account'
import { JoinPage, TeamsPage } from '@/features/teams'

import { boot } from './boot'

declare module 'vue-router' {
  interface RouteMeta {
    /** For visitors who are not logged in. */
    visitors?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: { name: 'teams' } },
    { path: '/login', name: 'log-in', component: LoginPage, meta: { visitors: true } },
    { path: '/signup', name: 'sign-up', component: SignUpPage, meta: { visitors: true } },
    { path: '/join/:inviteId', name: 'join', component: JoinPage, props: true },
    { path: '/invited/:inviteId', name: 'invited', component: SignUpPage, props: true, meta: { visitors: true } },
    { path: '/teams', name: 'teams', component: TeamsPage },
  ],
})

router.beforeEach(async (to) => {
  const account = useAccount()
  if (to.meta.visitors) {
    await account.loadServer()
    return true
  }
  if (account.maybeSignedIn) {
    await boot(to)
    return true
  }
  if (to.name === 'join') return { name: 'invited', params: to.params }
  const server = await account.loadServer()
  return {
    name: server.needs_first_user ? 'sign-up' : 'log-in',
    query: to.path === '/' ? {} : { next: to.fullPath },
  }
})
