import MarkdownIt from 'markdown-it'

import { emoji, mentions, type RenderEnv } from './inline'

/**
 * Markdown to HTML that is safe to show: HTML in the text is shown as text, links lead to web and mail
 * addresses only, and images become links, since they would tell a stranger's server who reads.
 */
const md = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false })
  .use(mentions)
  .use(emoji)

md.validateLink = (url) => /^(https?:|mailto:|tel:|\/(?![/\\]))/i.test(url.trim())
md.linkify.set({ fuzzyLink: false })

md.renderer.rules.link_open = (tokens, at, options, _env, self) => {
  tokens[at]?.attrSet('target', '_blank')
  tokens[at]?.attrSet('rel', 'noopener noreferrer nofollow')
  return self.renderToken(tokens, at, options)
}

md.renderer.rules.image = (tokens, at) => {
  const token = tokens[at]
  const href = md.utils.escapeHtml(String(token?.attrGet('src') ?? ''))
  const label = md.utils.escapeHtml(token?.content || String(token?.attrGet('src') ?? ''))
  return `<a href="${href}" target="_blank" rel="noopener noreferrer nofollow">${label}</a>`
}

md.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>'
md.renderer.rules.table_close = () => '</table></div>'

// A style attribute would need a weaker content security policy.
md.renderer.rules.th_open = md.renderer.rules.td_open = (tokens, at) => {
  const token = tokens[at]
  const align = /right|center/.exec(String(token?.attrGet('style')))?.[0]
  return align ? `<${token?.tag} class="${align}">` : `<${token?.tag}>`
}

md.renderer.rules.fence = (tokens, at) => {
  const token = tokens[at]
  const language = md.utils.escapeHtml(/^[\w+#.-]{1,30}/.exec(token?.info ?? '')?.[0] ?? '')
  return `<pre tabindex="0"><code data-language="${language}">${md.utils.escapeHtml(token?.content ?? '')}</code></pre>`
}
md.renderer.rules.code_block = (tokens, at) =>
  `<pre tabindex="0"><code>${md.utils.escapeHtml(tokens[at]?.content ?? '')}</code></pre>`

export function renderMarkdown(source: string, env: RenderEnv = {}): string {
  return md.render(source, env)
}
