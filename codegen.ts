import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for the tests: a change of the schema that breaks a client fails their type check. */
const config: CodegenConfig = {
  schema: './schema.graphql',
  documents: ['test/**/*.graphql.ts'],
  generates: {
    'test/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        strictScalars: true,
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        scalars: {
          ID: 'string',
          JSON: 'unknown',
          DateTime: 'string',
          UnitInterval: 'number',
          ChangeCursor: 'string',
        },
      },
    },
  },
  importExtension: '.ts',
};

export default config;
