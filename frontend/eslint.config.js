import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

/** Borders between the parts of the client; see CONTRIBUTING and the architecture notes. */
const border = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

const throughTheIndex = {
  regex: '^@/features/[^/]+/.+',
  message: 'Features meet only through their index.ts.',
}
const noApp = { regex: '^@/app(/|$)', message: 'Only main.ts and the app itself know the app.' }

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/shared/api/generated.ts', 'test-results', 'playwright-report'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    rules: {
      'max-lines': ['error', { max: 300 }],
      eqeqeq: 'error',
      'vue/multi-word-component-names': 'off',
      // Layout belongs to the formatter of each editor.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['src/shared/**'],
    rules: border([
      { regex: '^@/features(/|$)', message: 'shared imports no feature.' },
      noApp,
    ]),
  },
  {
    files: ['src/features/**'],
    rules: border([
      throughTheIndex,
      noApp,
      { regex: '^\\.\\./\\.\\./', message: 'Reach another feature through its index.ts.' },
    ]),
  },
  { files: ['src/app/**'], rules: border([throughTheIndex]) },
)
