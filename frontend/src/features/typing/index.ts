export { default as TypingLine } from './components/TypingLine.vue'
export { listenToTyping, useTyping } from './store'
