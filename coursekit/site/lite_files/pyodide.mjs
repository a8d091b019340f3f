// Stands where JupyterLite's kernel expects Pyodide: loads the real one, and adds the course's
// wheels to the list of packages that it fetches when they are imported. So `import coursekit`
// needs no %pip in a notebook. What is where is in course.json, written with the site.

const read = async (address) => {
  const reply = await fetch(address);
  if (!reply.ok) throw new Error(`${reply.status} ${reply.statusText}`);
  return reply.json();
};

// The wheels as Pyodide lists packages; what it lacks of their dependencies no lecture needs.
function listed(wheels, packages) {
  const known = (name) => name in packages || name in wheels;
  const entry = ([name, wheel]) => [
    name,
    {
      ...wheel,
      file_name: new URL(wheel.file_name, import.meta.url).href,
      depends: wheel.depends.filter(known),
    },
  ];
  return Object.fromEntries(Object.entries(wheels).map(entry));
}

export async function loadPyodide(options) {
  const { pyodide, wheels } = await read(new URL("course.json", import.meta.url));
  const entry = new URL(pyodide, import.meta.url);
  const home = new URL(".", entry).href;
  try {
    const [real, lock] = await Promise.all([import(entry.href), read(`${home}pyodide-lock.json`)]);
    Object.assign(lock.packages, listed(wheels, lock.packages));
    const where = { indexURL: home, packageBaseUrl: home, lockFileContents: lock };
    return await real.loadPyodide({ ...options, ...where });
  } catch (error) {
    throw new Error(`Python could not be loaded from ${home} (${error.message})`);
  }
}
