/** Version of the package; a test keeps it equal to package.json. */
export const VERSION = '5.0.0-alpha.1';
