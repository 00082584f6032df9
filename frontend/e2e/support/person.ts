import AxeBuilder from '@axe-core/playwright'
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test'

export const PASSWORD = 'correct horse battery'

/** Somebody at a browser of their own. */
export class Person {
  readonly faults: string[] = []

  private constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.faults.push(error.message))
  }

  static async at(browser: Browser, url: string, name: string) {
    const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } })
    return new Person(name, context, await context.newPage())
  }

  get timeline() {
    return this.page.getByRole('main').getByRole('log')
  }

  get composer() {
    return this.page.getByRole('main').getByRole('textbox', { name: /^Write to/ })
  }

  get thread() {
    return this.page.getByRole('complementary', { name: 'Thread' })
  }

  get sidebar() {
    return this.page.getByRole('navigation', { name: 'Channels and conversations' })
  }

  message(text: string | RegExp) {
    return this.timeline.getByRole('article').filter({ hasText: text })
  }

  async signUp() {
    await this.page.getByLabel('E-mail').fill(`${this.name}@example.org`)
    await this.page.getByLabel('Username').fill(this.name)
    await this.page.getByLabel('Password').fill(PASSWORD)
    await this.page.getByRole('button', { name: 'Create account' }).click()
  }

  async say(text: string) {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  async act(text: string, action: string) {
    const message = this.message(text)
    await message.hover()
    await message.getByRole('toolbar').getByRole('button', { name: action }).click()
  }

  async openChannel(name: string) {
    await this.sidebar.getByRole('link', { name }).click()
    await expect(this.page.getByRole('main', { name })).toBeVisible()
  }

  /** Finds no serious fault in how accessible the page is, in either theme. */
  async expectAccessible() {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const { violations } = await new AxeBuilder({ page: this.page }).analyze()
      const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`)
      expect(serious).toEqual([])
    }
  }
}
