const { createRequire } = require('node:module');
const path = require('node:path');
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Of files, `node:` and the package itself, which are never shared. */
const NO_PACKAGE = /^(?:[./]|node:|estafette(?:\/|$))/;
/** ES modules that this version of Node does not give to `require`: jest rewrites those. */
const NOT_REQUIRABLE = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE']);

/** By file. Compiled once a process; what a module holds is new each time that its script runs. */
const scripts = new Map();
/** By folder: `require` as a file in it has it. */
const requires = new Map();

function functionOf(source, filename, parameters) {
  let known = scripts.get(filename);
  if (known?.source !== source) {
    // On one line with the source: lines of a stack are those of the file.
    const script = new vm.Script(`(function (${parameters.join(', ')}) {${source}\n})`, {
      filename,
    });
    known = { source, script };
    scripts.set(filename, known);
  }
  return known.script.runInThisContext();
}

function requireOf(file) {
  const folder = path.dirname(file);
  const known = requires.get(folder) ?? createRequire(path.join(folder, 'any.js'));
  requires.set(folder, known);
  return known;
}

/** Suites share the packages of node_modules, as the process loads them; every other module is theirs. */
class RealmRuntime extends Runtime {
  constructor(config, ...more) {
    super(config, ...more);
    this.packages = path.join(config.rootDir, 'node_modules') + path.sep;
    // From among them: Node warns of ES modules that anything else requires.
    this.load = createRequire(path.join(this.packages, 'any.js'));
    this.executor.compile = (source, filename) =>
      functionOf(source, filename, this.executor.injectedModuleParameters);
  }

  requireModule(from, name, options, isActual) {
    const file = options?.isInternalModule ? undefined : this.packageFile(from, name);
    if (file === undefined) return super.requireModule(from, name, options, isActual);
    try {
      return this.load(file);
    } catch (error) {
      if (!NOT_REQUIRABLE.has(error?.code)) throw error;
      return super.requireModule(from, name, options, isActual);
    }
  }

  packageFile(from, name) {
    if (!name || NO_PACKAGE.test(name)) return undefined;
    try {
      const file = requireOf(from).resolve(name);
      return file.startsWith(this.packages) ? file : undefined;
    } catch {
      return undefined; // jest says what is missing
    }
  }
}

module.exports = { __esModule: true, default: RealmRuntime };
