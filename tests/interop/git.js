// git.js: browses a repository in cgit and in gitweb: commits, a file, a difference, a snapshot.
const fs = require('fs');
const { visit } = require('./browser.js');

visit('git', async (v, folder) => {
  v.expects(/^404 .*favicon.ico$/);
  await v.claim('cgit lists the repository', async () => {
    await v.open('cgit.cgi/');
    await v.sees('one.git');
    await styled(v);
  });
  await v.claim('its links lead to its commits', async () => {
    await v.submit('a[href$="/one.git/"], a[title="one.git"]');
    await v.submit('a[href$="/one.git/log/"]');
    await v.sees('The first one: größer');
    await v.picture('1-cgit-log');
  });
  await v.claim('and to what a commit changed', async () => {
    await v.submit('table.list tr:last-child a[href*="/commit/"]');
    await v.sees('+A file with <angles> & more.');
    await v.picture('2-cgit-commit');
  });
  await v.claim('a file has its lines', async () => {
    await v.open('cgit.cgi/one.git/tree/README.md');
    await v.has('table.blob a#n3');
    await v.sees('A file with <angles> & more.');
    await v.picture('3-cgit-file');
  });
  await v.claim('the log is searched', async () => {
    await v.open('cgit.cgi/one.git/log/');
    await v.fill({ 'input[name=q]': 'größer' });
    await v.submit('form input[type=submit][value=search]');
    await v.sees('The first one');
  });
  for (const way of ['gitweb.cgi', 'gitweb.fcgi']) {
    await v.claim(`${way} lists the repository`, async () => {
      await v.open(way);
      await v.sees('one.git');
      await styled(v);
      await v.shows_images();
    });
    await v.claim(`${way}: its links lead to its commits`, async () => {
      await v.submit('table.project_list td.link a[href*="a=shortlog"]');
      await v.sees('The first one: größer');
      await v.picture(`4-${way}-log`);
    });
    await v.claim(`${way}: to a difference`, async () => {
      await v.submit('table.shortlog tr:nth-last-child(2) a[href*="a=commitdiff"]');
      await v.sees('A file with <angles> & more.');
      await v.picture(`5-${way}-difference`);
    });
    await v.claim(`${way}: to who wrote a line, which comes in pieces`, async () => {
      await v.open(`${way}?p=one.git;a=blame_incremental;f=README.md;hb=main`);
      await v.page.waitForFunction(() => [...document.querySelectorAll('td.sha1')].some((t) => t.innerText.length > 6));
      await v.picture(`6-${way}-blame`);
    });
    await v.claim(`${way}: a snapshot is downloaded`, async () => {
      await v.open(`${way}?p=one.git;a=tree;hb=side`);
      const file = await v.downloads(folder, () => v.click('a[href*="a=snapshot"]'));
      if (fs.readFileSync(file).readUInt16BE(0) !== 0x1f8b) throw new Error(`${file} is no gzip file`);
    });
  }
});

async function styled(v) {
  await v.page.waitForFunction(() => [...document.styleSheets].some((s) => s.cssRules.length > 5));
}
