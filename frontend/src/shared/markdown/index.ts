export { default as Markdown } from './Markdown.vue'
export { renderMarkdown } from './render'
