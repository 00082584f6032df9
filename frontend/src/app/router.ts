import { createRouter, createWebHistory } from 'vue-router'

import { ForgotPasswordPage, LoginPage, ResetPasswordPage, SignUpPage, useAccount } from '@/features/account'
import { JoinPage, TeamsPage } from '@/features/teams'

import { boot } from './boot'
import HomePage from './pages/HomePage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** For visitors who are not logged in. */
    visitors?: boolean
  }
}

const TeamShell = () => import('./layouts/TeamShell.vue')
/** The shell shows what its address names by itself. */
const Nothing = { render: () => null }

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: HomePage },
    { path: '/login', name: 'log-in', component: LoginPage, meta: { visitors: true } },
    { path: '/signup', name: 'sign-up', component: SignUpPage, meta: { visitors: true } },
    { path: '/forgot-password', name: 'forgot-password', component: ForgotPasswordPage, meta: { visitors: true } },
    { path: '/reset-password', name: 'reset-password', component: ResetPasswordPage, meta: { visitors: true } },
    { path: '/join/:inviteId', name: 'join', component: JoinPage, props: true },
    { path: '/invited/:inviteId', name: 'invited', component: SignUpPage, props: true, meta: { visitors: true } },
    { path: '/teams', name: 'teams', component: TeamsPage },
    {
      // One shell for all of them: it stays while the address changes.
      path: '/:team',
      component: TeamShell,
      children: [
        { path: '', name: 'team', component: Nothing },
        { path: 'channels/:channel', name: 'channel', component: Nothing },
        { path: 'messages/:who', name: 'messages', component: Nothing },
      ],
    },
    { path: '/:team/pl/:post', name: 'permalink', component: () => import('./pages/PermalinkPage.vue'), props: true },
    { path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') },
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
