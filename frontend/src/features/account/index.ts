export { default as AuthCard } from './components/AuthCard.vue'
export { default as Mark } from './components/Mark.vue'
export { accountApi } from './api'
export { enter, logOut } from './enter'
export { listenToAccount } from './events'
export { useAccount } from './store'
export const LoginPage = () => import('./pages/LoginPage.vue')
export const ForgotPasswordPage = () => import('./pages/ForgotPasswordPage.vue')
export const ResetPasswordPage = () => import('./pages/ResetPasswordPage.vue')
export const SignUpPage = () => import('./pages/SignUpPage.vue')
