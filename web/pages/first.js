// Before the first paint: language and theme, so that nothing flashes. What a person chose counts; else the browser's.
(() => {
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const language = kept('assay.language') ?? (/^zh\b/i.test(navigator.language) ? 'zh' : 'en');
  root.lang = language === 'zh' ? 'zh' : 'en';
  if (root.lang !== 'en') root.classList.add('translating');
  const theme = kept('assay.theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
})();
