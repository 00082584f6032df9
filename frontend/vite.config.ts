import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

import { emoji } from './build/emoji.ts'

const server = process.env.RUSTCHAT_URL ?? 'http://127.0.0.1:8065'

export default defineConfig({
  plugins: [vue(), emoji()],
  resolve: {
    alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) },
  },
  build: {
    target: 'es2023',
    // light-dark() and nesting are used as they are.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: { '/api': { target: server, ws: true } },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/shared/testing.setup.ts'],
    restoreMocks: true,
  },
})
