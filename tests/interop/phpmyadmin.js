// phpmyadmin.js: logs in, makes a database and a table with rows, imports a dump, exports it, logs out.
const fs = require('fs');
const path = require('path');
const { visit } = require('./browser.js');

visit('phpmyadmin', async (v, folder) => {
  const at = (route, options = '') => v.open(`index.php?route=${route}&lang=en${options}`);
  await v.claim('a wrong password is refused', async () => {
    await login(v, 'wrong');
    await v.sees('Access denied');
  });
  await v.claim('logged in', async () => {
    await login(v, 'very secret 1');
    await v.sees('Database server');
    await v.page.waitForFunction(() => document.querySelectorAll('#pma_navigation_tree li.database').length > 0);
    await v.picture('1-home');
  });
  await v.claim('a database is created', async () => {
    await at('/server/databases');
    await v.fill({ '#text_create_db': 'world' });
    await v.press('#buttonGo');
    await v.sees('Database: world');
  });
  await v.claim('a table is created', async () => {
    await at('/database/structure', '&db=world');
    await v.fill({ '#createTableMinimalForm [name=table], [name=table]': 'one' });
    await v.press('#createTableMinimalForm [type=submit], #create_table_form_minimal [type=submit]');
    await v.fill({ '#field_0_1': 'id', '#field_1_1': 'name', '#field_1_2': 'VARCHAR', '#field_1_3': '40' });
    await v.picture('2-columns');
    await v.press('[name=do_save_data]');
    await v.sees('Table: one');
    await v.sees('varchar(40)');
  });
  await v.claim('rows are put into it', async () => {
    await at('/table/sql', '&db=world&table=one');
    await v.page.waitForFunction(() => document.querySelector('#sqlqueryform .CodeMirror')?.CodeMirror);
    await v.page.evaluate(() => document.querySelector('#sqlqueryform .CodeMirror').CodeMirror.setValue("INSERT INTO one VALUES (1, 'Größe <b>'), (2, 'zweiter')"));
    await v.press('#button_submit_query');
    await v.sees('2 rows inserted');
    await at('/sql', '&db=world&table=one&pos=0');
    await v.sees('Größe <b>');
    await v.picture('3-rows');
  });
  const since = Date.now();
  await v.claim('the dump is imported', async () => {
    await at('/database/import', '&db=world');
    await v.choose_file('#input_import_file', path.join(folder, 'dump.sql'));
    await v.press('#buttonGo');
    await v.page.waitForFunction(() => document.body.innerText.includes('Import has been successfully finished'), { timeout: 400000 });
    await v.picture('4-imported');
  });
  const then = Date.now();
  await v.claim('its rows are paged through', async () => {
    await at('/sql', '&db=world&table=rows_of&pos=100');
    await v.sees('Größe 101');
    await v.picture('5-browsed');
  });
  await v.claim('it is exported', async () => {
    fs.mkdirSync(path.join(folder, 'down'), { recursive: true });
    await at('/table/export', '&db=world&table=rows_of&single_table=true');
    const before = Date.now();
    const file = await v.downloads(path.join(folder, 'down'), () => v.press('#buttonGo'));
    const size = fs.statSync(file).size;
    if (size < fs.statSync(path.join(folder, 'dump.sql')).size / 2) throw new Error(`it has ${size} bytes: ${fs.readFileSync(file, 'utf8').slice(0, 800).replaceAll('\n', ' ')}`);
    console.log(`told import of ${(fs.statSync(path.join(folder, 'dump.sql')).size / 1e6).toFixed(1)} MB: ${((then - since) / 1000).toFixed(1)} s`);
    console.log(`told export of ${(size / 1e6).toFixed(1)} MB: ${((Date.now() - before) / 1000).toFixed(1)} s`);
  });
  await v.claim('what the server is doing is shown, live', async () => {
    await at('/server/status/monitor');
    await v.page.waitForFunction(() => document.querySelectorAll('#chartGrid canvas').length > 2);
    for (let n = 0; n < 3; n++) await v.page.waitForResponse((r) => r.url().includes('monitor/chart') && r.ok());
    await v.picture('6-monitor');
  });
  await v.claim('logged out', async () => {
    await at('/');
    await v.press('a.logout, #pma_navigation a[href*="logout"]');
    await v.has('#input_username');
  });
});

async function login(v, password) {
  await v.open('index.php?lang=en');
  await v.fill({ '#input_username': 'anna', '#input_password': password });
  await v.submit('#input_go');
}
