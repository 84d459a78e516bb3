"""The Streamlit app: screens over the core, which does the work."""
