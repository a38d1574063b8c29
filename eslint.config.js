import tseslint from 'typescript-eslint';

/** What each room of src/ may import from its neighbours (docs/design.md, "Rooms"). */
const forbidden = {
  model: ['api', 'queue', 'store', 'worker', 'cli', 'config', 'errors', 'ids', 'validation', 'main'],
  store: [
    'api',
    'queue',
    'worker',
    'cli',
    'config',
    'main',
    'model/!(specification|dataset|table)',
    'model/*/**',
  ],
  queue: ['api', 'store', 'worker', 'cli', 'config', 'main', 'model/!(specification)', 'model/*/**'],
  worker: ['api', 'cli', 'main'],
  api: ['worker', 'cli', 'main', 'model/runtime', 'model/!(specification|dataset|table)', 'model/*/**'],
};

const arrows = Object.entries(forbidden).map(([room, names]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: names.map((name) => ({
          group: [`**/../${name}.ts`, `**/../${name}/**`],
          message: `src/${room} may not import src/${name}: see docs/design.md, "Rooms".`,
        })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage', 'data', 'demo-output', 'reproduction', '*-aevb'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  ...arrows,
);
