export { default as QuickSwitcher } from './components/QuickSwitcher.vue'
